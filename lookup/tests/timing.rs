//! Whether the time of an answer tells that somebody was found: 10,000 samples of each over one connection.
//!
//! `cargo test --release -p lookup --test timing -- --ignored --nocapture`
//!
//! People are made up alike and half of them, drawn by lot, stand in the roster: questions about them and about the
//! others differ in nothing but being found. They are asked in random order over one connection that is kept
//! alive, without limits. Of each kind of question three tests are made: Welch's t (means), Mann–Whitney's U
//! (whether the one tends to take longer) and Kolmogorov–Smirnov's D (any difference of the distributions). With nine
//! tests at a family-wise level of 5 % (Bonferroni), each must have p ≥ 0.05 / 9; so one run in twenty fails
//! though nothing is wrong: repeat it. A question that is refused before anybody is looked for shows that
//! the instrument sees a difference where there is one.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::collections::HashSet;
use std::f64::consts::{PI, SQRT_2};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use common::{HEADINGS, Room, Server, told};

/// As many as the agency's roster has.
const PEOPLE: usize = 67_104;
const SAMPLES: usize = 10_000;
const WARM_UP: usize = 2_000;
const TESTS: f64 = 9.0;
const LEVEL: f64 = 0.05;

/// SplitMix64 (Steele, Lea, Flood 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end).unwrap()).unwrap()
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at + 1));
        }
    }

    fn word(&mut self, letters: usize) -> String {
        let letter = |random: &mut Self| char::from(b"abdegiklmnoprstuwy"[random.below(18)]);
        (0..letters).map(|_| letter(self)).collect()
    }
}

struct Person {
    nrk: usize,
    nip: String,
    nik: String,
    name: String,
}

fn person(nrk: usize, random: &mut Random) -> Person {
    let mut two = |from: usize, to: usize| format!("{:02}", from + random.below(to - from + 1));
    let birth = format!("19{}{}{}", two(60, 99), two(1, 12), two(1, 28));
    let nip = format!(
        "{birth}20{}{}{}{}",
        two(5, 24),
        two(1, 12),
        two(10, 29),
        two(0, 99)
    );
    let nik = format!(
        "3171{}{}{}{}{}{}",
        two(1, 99),
        two(1, 28),
        two(1, 12),
        two(60, 99),
        two(10, 99),
        two(10, 99)
    );
    let name = format!("{} {} {}", random.word(5), random.word(6), random.word(7));
    Person {
        nrk,
        nip,
        nik,
        name,
    }
}

/// People of whom no two share an identifier.
fn people(number: usize, random: &mut Random) -> Vec<Person> {
    let mut taken = HashSet::new();
    let mut people = Vec::with_capacity(number);
    while people.len() < number {
        let person = person(people.len(), random);
        let is_free = |text: &String| !taken.contains(text);
        if [&person.nip, &person.nik, &person.name]
            .into_iter()
            .all(is_free)
        {
            taken.extend([person.nip.clone(), person.nik.clone(), person.name.clone()]);
            people.push(person);
        }
    }
    random.shuffle(&mut people);
    people
}

/// One connection that is kept alive.
struct Connection {
    address: SocketAddr,
    stream: TcpStream,
    length: usize,
}

impl Connection {
    fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        Self {
            address,
            stream,
            length: 0,
        }
    }

    /// Nanoseconds from the first byte of the question to the last of the answer. All answers are of one length.
    fn ask(&mut self, route: &str, json: &str, status: &str) -> f64 {
        let request = format!(
            "POST /api/v1/{route} HTTP/1.1\r\nhost: contoh\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{json}",
            json.len()
        );
        let (mut bytes, mut read) = ([0; 8192], 0);
        let start = Instant::now();
        self.stream.write_all(request.as_bytes()).unwrap();
        let mut took = start.elapsed();
        while read < self.length || self.length == 0 {
            let more = self.stream.read(&mut bytes[read..]).unwrap_or(0);
            took = start.elapsed();
            read += more;
            let end = bytes[..read]
                .windows(4)
                .position(|window| window == b"\r\n\r\n");
            if self.length == 0
                && let Some(end) = end
            {
                self.length = end + 4 + 1024;
            }
            if more == 0 {
                // It was kept alive long enough: the sample is taken over another one.
                *self = Self::open(self.address);
                return self.ask(route, json, status);
            }
        }
        assert_eq!(read, self.length, "all answers are of one length");
        assert!(bytes.starts_with(format!("HTTP/1.1 {status}").as_bytes()));
        took.as_nanos() as f64
    }
}

/// Samples of the one and of the other, asked in random order.
fn samples(
    server: &Server,
    random: &mut Random,
    number: usize,
    routes: [(&str, Vec<String>, &str); 2],
) -> [Vec<f64>; 2] {
    let mut connection = Connection::open(server.address);
    // Answers that are refused have another head: each kind has its connection where they differ.
    let mut other = Connection::open(server.address);
    let is_alike = routes[0].2 == routes[1].2;
    let mut order: Vec<(usize, usize)> = (0..2)
        .flat_map(|kind| (0..number).map(move |at| (kind, at)))
        .collect();
    let mut taken = [Vec::with_capacity(number), Vec::with_capacity(number)];
    for round in 0..2 {
        random.shuffle(&mut order);
        let asked = if round == 0 {
            WARM_UP.min(order.len())
        } else {
            order.len()
        };
        for &(kind, at) in &order[..asked] {
            let (route, questions, status) = &routes[kind];
            let connection = if kind == 1 && !is_alike {
                &mut other
            } else {
                &mut connection
            };
            let took = connection.ask(route, &questions[at % questions.len()], status);
            if round == 1 {
                taken[kind].push(took);
            }
        }
    }
    taken
}

fn mean(samples: &[f64]) -> f64 {
    samples.iter().sum::<f64>() / samples.len() as f64
}

fn variance(samples: &[f64]) -> f64 {
    let mean = mean(samples);
    samples.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (samples.len() as f64 - 1.0)
}

/// Of samples in order.
fn quantile(sorted: &[f64], part: f64) -> f64 {
    sorted[((sorted.len() - 1) as f64 * part).round() as usize]
}

/// The probability of a standard normal value as far from zero as `z` (Abramowitz and Stegun, 7.1.26).
fn two_sided(z: f64) -> f64 {
    let x = z.abs() / SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * x);
    let terms = [
        0.254_829_592,
        -0.284_496_736,
        1.421_413_741,
        -1.453_152_027,
        1.061_405_429,
    ];
    let polynomial = terms.iter().rev().fold(0.0, |sum, term| (sum + term) * t);
    (polynomial * (-x * x).exp()).clamp(0.0, 1.0)
}

/// Mann–Whitney's z and Kolmogorov–Smirnov's D.
fn ranks(one: &[f64], other: &[f64]) -> (f64, f64) {
    let mut all: Vec<(f64, bool)> = one
        .iter()
        .map(|&x| (x, true))
        .chain(other.iter().map(|&x| (x, false)))
        .collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (n, m) = (one.len() as f64, other.len() as f64);
    let (mut sum, mut ties, mut seen, mut distance) = (0.0, 0.0, (0.0, 0.0), 0.0_f64);
    let mut before = 0.0;
    for group in all.chunk_by(|a, b| a.0 == b.0) {
        let size = group.len() as f64;
        let ours = group.iter().filter(|item| item.1).count() as f64;
        sum += ours * (before + (size + 1.0) / 2.0);
        ties += size.powi(3) - size;
        seen = (seen.0 + ours, seen.1 + size - ours);
        distance = distance.max((seen.0 / n - seen.1 / m).abs());
        before += size;
    }
    let u = sum - n * (n + 1.0) / 2.0;
    let total = n + m;
    let spread = (n * m / 12.0 * (total + 1.0 - ties / (total * (total - 1.0)))).sqrt();
    ((u - n * m / 2.0) / spread, distance)
}

/// The probability of Kolmogorov–Smirnov's D (asymptotic, Kolmogorov 1933).
fn of_distance(distance: f64, n: f64, m: f64) -> f64 {
    let x = distance * (n * m / (n + m)).sqrt();
    if x < 0.2 {
        return 1.0; // where the series does not converge
    }
    let term = |k: i32| (-1.0_f64).powi(k - 1) * (-2.0 * f64::from(k * k) * x * x).exp();
    (2.0 * (1..=100).map(term).sum::<f64>()).clamp(0.0, 1.0)
}

/// Compares, prints, and returns the three probabilities.
fn compare(what: &str, names: [&str; 2], samples: &[Vec<f64>; 2]) -> [f64; 3] {
    println!("\n{what}");
    for (name, samples) in names.iter().zip(samples) {
        let mut sorted = samples.clone();
        sorted.sort_by(f64::total_cmp);
        println!(
            "  {name:<9} n={} mean={:.1} µs median={:.1} µs p99={:.1} µs",
            samples.len(),
            mean(samples) / 1e3,
            quantile(&sorted, 0.5) / 1e3,
            quantile(&sorted, 0.99) / 1e3
        );
    }
    let [one, other] = samples;
    let (n, m) = (one.len() as f64, other.len() as f64);
    let error = (variance(one) / n + variance(other) / m).sqrt();
    let difference = mean(one) - mean(other);
    let t = difference / error;
    let (z, distance) = ranks(one, other);
    let p = [two_sided(t), two_sided(z), of_distance(distance, n, m)];
    println!(
        "  Welch t={t:.2} p={:.4}; Mann–Whitney z={z:.2} p={:.4}; Kolmogorov–Smirnov D={distance:.4} p={:.4}",
        p[0], p[1], p[2]
    );
    println!(
        "  difference of means {difference:.0} ns ± {:.0} ns (95 %)",
        1.96 * error
    );
    p
}

/// The most by which the means may differ (95 %), in nanoseconds, without the slowest twentieth of all, which are
/// other programs' doing and which an attacker would leave out, too.
fn bound(samples: &[Vec<f64>; 2]) -> f64 {
    let mut all = samples.concat();
    all.sort_by(f64::total_cmp);
    let end = quantile(&all, 0.95);
    let [one, other] = samples
        .each_ref()
        .map(|samples| -> Vec<f64> { samples.iter().copied().filter(|&x| x < end).collect() });
    let error = (variance(&one) / one.len() as f64 + variance(&other) / other.len() as f64).sqrt();
    (mean(&one) - mean(&other)).abs() + 1.96 * error
}

/// What somebody could learn from a difference of so many nanoseconds.
fn tell_attack(most: f64) {
    println!(
        "\nA difference of {most:.0} ns at most may be hidden in this noise (95 %, slowest 5 % left out)."
    );
    println!(
        "To see one of that size (level 5 %, power 80 %), questions about one person are needed:"
    );
    for (network, jitter) in [
        ("σ = 20 µs, a good local network", 2e4),
        ("σ = 200 µs, a city's network", 2e5),
        ("σ = 2 ms, a mobile network", 2e6),
    ] {
        // (1.96 + 0.84)² · 2σ²/δ² samples of each.
        let needed = 2.0 * (2.8 * jitter / most).powi(2);
        // Twenty at once and twenty an hour, whoever asks.
        let days = needed / 500.0;
        println!(
            "  {network}: {needed:.0}; the limit of questions about one person makes that {days:.0} days"
        );
    }
}

#[test]
#[ignore = "measures for a minute, on a machine that does nothing else"]
fn found_and_not_found_take_the_same_time() {
    let seed = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    println!("seed {seed}");
    let mut random = Random(seed);
    let everybody = people(2 * PEOPLE, &mut random);
    let (known, unknown) = everybody.split_at(PEOPLE);
    // In another order than they are asked in: those who are asked must not lie side by side in the processor's cache.
    let mut rows: Vec<&Person> = known.iter().collect();
    random.shuffle(&mut rows);
    let room = Room::new();
    let (mut roster, mut identity) = (HEADINGS.join(","), "NRK,NIP,NIK".to_owned());
    for Person {
        nrk,
        nip,
        nik,
        name,
    } in rows
    {
        roster.push_str(&format!(
            "\nBadan,{nrk:06},{name},orang{nrk:06}@contoh.go.id,Email Baru,ISSUE,"
        ));
        identity.push_str(&format!("\n{nrk:06},{nip},{nik}"));
    }
    room.write("roster.csv", roster);
    room.write("identitas.csv", identity);
    let output = room.import_from("roster.csv", &["--identitas", "identitas.csv"]);
    assert!(output.status.success(), "{}", told(&output));
    let server = room.serve(&["--config", "bebas.toml"]);

    let asked = |people: &[Person], question: fn(&Person) -> String| -> Vec<String> {
        people.iter().take(SAMPLES).map(question).collect()
    };
    type Question = fn(&Person) -> String;
    let questions: [(&str, &str, Question); 3] = [
        ("email by NIP", "email", |person| {
            format!(r#"{{"nip":"{}"}}"#, person.nip)
        }),
        ("email by name", "email", |person| {
            format!(r#"{{"nama":"{}"}}"#, person.name)
        }),
        ("TTE by NIK", "tte", |person| {
            format!(r#"{{"nik":"{}"}}"#, person.nik)
        }),
    ];
    // The instrument first: what is refused early is faster, and must be seen to be.
    let refused: Vec<String> = asked(unknown, |person| {
        format!(r#"{{"nip":"{}"}}"#, person.nip.replacen("19", "18", 1))
    });
    let control = samples(
        &server,
        &mut random,
        2000,
        [
            ("email", asked(unknown, questions[0].2), "200"),
            ("email", refused, "422"),
        ],
    );
    let seen = compare(
        "control: email by NIP, refused before the search",
        ["unknown", "refused"],
        &control,
    );
    assert!(seen[1] < 0.001, "the instrument sees nothing");

    let (mut least, mut most) = (1.0_f64, 0.0_f64);
    for (what, route, question) in questions {
        let (found, not_found) = (asked(known, question), asked(unknown, question));
        assert!(
            server
                .ask(route, &found[0])
                .told()
                .contains(if route == "tte" { "ISSUE" } else { "\"new\"" })
        );
        let taken = samples(
            &server,
            &mut random,
            SAMPLES,
            [(route, found, "200"), (route, not_found, "200")],
        );
        least = compare(what, ["found", "not found"], &taken)
            .into_iter()
            .fold(least, f64::min);
        most = most.max(bound(&taken));
    }
    tell_attack(most);
    let needed = LEVEL / TESTS;
    println!(
        "\nsmallest p of nine tests: {least:.4}; must be at least {needed:.4} (|t|, |z| ≤ 2.77)"
    );
    assert!(least >= needed, "found and not found are told apart");
}

/// The statistics, against values that are known.
#[test]
fn the_statistics_are_right() {
    let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-3, "{a} {b}");
    near(two_sided(1.959_964), 0.05);
    near(two_sided(0.0), 1.0);
    near(two_sided(-2.772), 0.005_57);
    near(of_distance(1.358 / 50.0_f64.sqrt(), 100.0, 100.0), 0.05);
    near(mean(&[1.0, 2.0, 6.0]), 3.0);
    near(variance(&[1.0, 2.0, 6.0]), 7.0);
    // U = 1.5 of 9: the tie counts half.
    let (z, distance) = ranks(&[1.0, 2.0, 4.0], &[4.0, 5.0, 3.0]);
    near(distance, 2.0 / 3.0);
    near(
        z,
        (1.5 - 4.5) / (9.0 / 12.0 * (7.0 - 6.0 / 30.0_f64)).sqrt(),
    );
    let mut random = Random(1);
    let mut normal = |shift: f64| -> Vec<f64> {
        let uniform =
            |random: &mut Random| (random.next() >> 11) as f64 / (1_u64 << 53) as f64 + 1e-18;
        let radius = |random: &mut Random| (-2.0 * uniform(random).ln()).sqrt();
        (0..4000)
            .map(|_| shift + radius(&mut random) * (2.0 * PI * uniform(&mut random)).cos())
            .collect()
    };
    let same = compare("same", ["one", "other"], &[normal(0.0), normal(0.0)]);
    assert!(same.iter().all(|p| *p > 0.001), "{same:?}");
    let shifted = compare("shifted", ["one", "other"], &[normal(0.0), normal(0.2)]);
    assert!(shifted.iter().all(|p| *p < 0.001), "{shifted:?}");
}
