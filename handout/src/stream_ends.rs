//! Where a stream ends. A line's end stands between a stream's data and `endstream`, and does not count (ISO 32000-1, 7.3.8.1;
//! ISO 19005-2, 6.1.7.1). Where compressed data happen to end with a carriage return, the writer's line feed makes one line's
//! end of both, and a strict reader finds a byte too few. There, the line's end is written as carriage return and line feed.

/// Bytes of an entry of a cross-reference table (ISO 32000-1, 7.5.4).
const ENTRY: usize = 20;

/// The same file with no such stream. Files without a plain cross-reference table are left as they are.
pub fn mend(pdf: Vec<u8>) -> Vec<u8> {
    let mended = Table::read(&pdf).and_then(|table| table.mend(&pdf));
    mended.unwrap_or(pdf)
}

/// The cross-reference table.
struct Table {
    /// Where it begins.
    start: usize,
    /// Where its entries begin.
    entries: usize,
    /// Place of each object, and whether there is one.
    objects: Vec<(usize, bool)>,
}

impl Table {
    fn read(pdf: &[u8]) -> Option<Self> {
        let at = last(pdf, b"startxref\n")? + b"startxref\n".len();
        let start = number(pdf.get(at..)?)?;
        let first = pdf.get(start..)?.strip_prefix(b"xref\n0 ")?;
        let count = number(first)?;
        let line = first.iter().position(|byte| *byte == b'\n')?;
        let entries = start + b"xref\n0 ".len() + line + 1;
        let objects = pdf.get(entries..entries.checked_add(count.checked_mul(ENTRY)?)?)?;
        let objects = objects
            .chunks_exact(ENTRY)
            .map(|entry| Some((number(entry)?, entry.get(17) == Some(&b'n'))));
        Some(Self {
            start,
            entries,
            objects: objects.collect::<Option<_>>()?,
        })
    }

    fn mend(&self, pdf: &[u8]) -> Option<Vec<u8>> {
        let objects = self.objects.iter().filter(|(_, there)| *there);
        let mut starts: Vec<usize> = objects.map(|(start, _)| *start).collect();
        starts.sort_unstable();
        starts.push(self.start);
        let mut ends = Vec::new();
        for window in starts.windows(2) {
            let [start, next] = *window else { continue };
            let object = pdf.get(start..next)?;
            // Data may hold this word too; the object's own is the last.
            if let Some(end) = last(object, b"\nendstream")
                && object.get(..end)?.ends_with(b"\r")
            {
                ends.push(start + end);
            }
        }
        let moved = |place: usize| place + ends.partition_point(|end| *end < place);
        let mut mended = Vec::with_capacity(pdf.len() + ends.len());
        let mut from = 0;
        for end in &ends {
            mended.extend_from_slice(pdf.get(from..*end)?);
            mended.push(b'\r');
            from = *end;
        }
        mended.extend_from_slice(pdf.get(from..self.entries)?);
        for (entry, (place, there)) in pdf
            .get(self.entries..)?
            .chunks_exact(ENTRY)
            .zip(&self.objects)
        {
            let place = if *there { moved(*place) } else { *place };
            mended.extend_from_slice(format!("{place:010}").as_bytes());
            mended.extend_from_slice(entry.get(10..)?);
        }
        let rest = pdf.get(self.entries + self.objects.len() * ENTRY..)?;
        let at = last(rest, b"startxref\n")? + b"startxref\n".len();
        mended.extend_from_slice(rest.get(..at)?);
        mended.extend_from_slice(moved(self.start).to_string().as_bytes());
        let rest = rest.get(at..)?;
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit());
        mended.extend_from_slice(rest.get(digits.count()..)?);
        Some(mended)
    }
}

/// The number that these bytes begin with.
fn number(bytes: &[u8]) -> Option<usize> {
    let digits = bytes
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    std::str::from_utf8(bytes.get(..digits)?).ok()?.parse().ok()
}

/// Where something last stands.
fn last(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).rposition(|window| window == what)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of two streams; the offsets are counted, not computed.
    const FILE: &[u8] = b"%PDF-1.7\n1 0 obj\n<</Length 3>>\nstream\nab\r\nendstream\nendobj\n2 0 obj\n<</Length 2>>\nstream\nab\nendstream\nendobj\nxref\n0 3\n0000000000 65535 f\r\n0000000009 00000 n\r\n0000000059 00000 n\r\ntrailer\n<</Size 3>>\nstartxref\n108\n%%EOF";

    #[test]
    fn tells_where_a_stream_ends() {
        let mended = mend(FILE.to_vec());
        let text = String::from_utf8_lossy(&mended);
        assert!(text.contains("ab\r\r\nendstream"), "{text}");
        assert!(text.contains("ab\nendstream"), "{text}");
        assert!(
            text.contains("0000000009 00000 n\r\n0000000060 00000 n\r\n"),
            "{text}"
        );
        assert!(text.ends_with("startxref\n109\n%%EOF"), "{text}");
        assert!(mended[60..].starts_with(b"2 0 obj"));
        assert!(mended[109..].starts_with(b"xref"));
    }

    #[test]
    fn leaves_what_it_does_not_know() {
        for file in [
            &b"%PDF-1.7"[..],
            b"startxref\n9999\n",
            b"xref\n0 9\nstartxref\n0\n",
        ] {
            assert_eq!(mend(file.to_vec()), file);
        }
    }
}
