//! Numbers → inline SVG. Colours and type come from the theme by class; the table stands beside it for
//! those who can't see it.

use crate::{
    facts::thousands,
    html::escape,
    markdown::ast::{ChartKind, Series},
};

/// Width of every chart in its own units; it scales with the page.
const WIDTH: f64 = 320.0;
/// Characters of a label that fit on a line in every common font.
const LINE: usize = 36;
/// From one line of a label to the next.
const LINE_HEIGHT: f64 = 16.0;
/// Colours that the theme knows (`grafik-seri-1` …).
const COLOURS: usize = 4;

/// Draws a chart. `unit` follows each number, `title` names the picture.
pub fn svg(kind: ChartKind, series: &[Series], unit: &str, title: &str) -> String {
    match kind {
        ChartKind::Bar => bars(series, unit, title),
        ChartKind::Stacked => stacked(series, unit, title),
        ChartKind::Share => shares(series, unit, title),
    }
}

/// A label, and below it a bar with its number, for each row and series: legible at 320 px.
fn bars(series: &[Series], unit: &str, title: &str) -> String {
    let greatest = series
        .iter()
        .flat_map(|s| &s.points)
        .map(|(_, number)| *number)
        .fold(f64::MIN_POSITIVE, f64::max);
    let rows = series.iter().map(|s| s.points.len()).max().unwrap_or(0);
    let mut body = String::new();
    let mut y = 0.0;
    for row in 0..rows {
        let label = series
            .iter()
            .find_map(|s| s.points.get(row))
            .map_or("", |(label, _)| label);
        y = label_lines(&mut body, 0.0, y + 13.0, label) + 6.0;
        for (index, series_of) in series.iter().enumerate() {
            let Some((_, number)) = series_of.points.get(row) else {
                continue;
            };
            let width = (number / greatest * (WIDTH - 4.0)).max(2.0);
            let class = colour(if series.len() == 1 { 0 } else { index });
            body.push_str(&format!(
                "<rect class=\"grafik-bar {class}\" x=\"0\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"14\" rx=\"3\"/>"
            ));
            let name = if series.len() == 1 {
                String::new()
            } else {
                format!("{}: ", series_of.name)
            };
            body.push_str(&text(
                "grafik-value",
                0.0,
                y + 28.0,
                &format!("{name}{}", amount(*number, unit)),
            ));
            y += 35.0;
        }
        y += 8.0;
    }
    frame(y, title, &body)
}

/// For each row a bar of all its numbers, one after the other, and its total; above them what each colour means.
fn stacked(series: &[Series], unit: &str, title: &str) -> String {
    let rows = series.iter().map(|s| s.points.len()).max().unwrap_or(0);
    let number = |series: &Series, row: usize| series.points.get(row).map_or(0.0, |(_, n)| *n);
    let total = |row: usize| series.iter().map(|s| number(s, row)).sum::<f64>();
    let greatest = (0..rows).map(total).fold(f64::MIN_POSITIVE, f64::max);
    let (mut body, mut y) = (String::new(), 0.0);
    for (index, series_of) in series.iter().enumerate() {
        let class = colour(index);
        body.push_str(&format!("<rect class=\"grafik-bar {class}\" x=\"0\" y=\"{y:.1}\" width=\"12\" height=\"12\" rx=\"2\"/>"));
        y = label_lines(&mut body, 20.0, y + 11.0, &series_of.name) + 10.0;
    }
    y += 8.0;
    for row in 0..rows {
        let label = series
            .iter()
            .find_map(|s| s.points.get(row))
            .map_or("", |(label, _)| label);
        y = label_lines(&mut body, 0.0, y + 13.0, label) + 6.0;
        let mut x = 0.0;
        for (index, series_of) in series.iter().enumerate() {
            let width = number(series_of, row) / greatest * WIDTH;
            if width > 0.0 {
                let class = colour(index);
                body.push_str(&format!(
                    "<rect class=\"grafik-bar {class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"18\"/>",
                    (width - 1.0).max(1.0)
                ));
            }
            x += width;
        }
        y += 32.0;
        for series_of in series {
            let value = amount(number(series_of, row), unit);
            let line = format!("{}: {value}", series_of.name);
            y = label_lines(&mut body, 0.0, y, &line) + LINE_HEIGHT;
        }
        y += 8.0;
    }
    frame(y, title, &body)
}

/// One bar, divided; below it a line for each part.
fn shares(series: &[Series], unit: &str, title: &str) -> String {
    let points: Vec<&(String, f64)> = series.iter().flat_map(|s| &s.points).collect();
    let total: f64 = points
        .iter()
        .map(|(_, number)| number)
        .sum::<f64>()
        .max(f64::MIN_POSITIVE);
    let (mut body, mut x, mut y) = (String::new(), 0.0, 44.0);
    for (index, (label, number)) in points.iter().enumerate() {
        let width = number / total * WIDTH;
        let class = colour(index);
        body.push_str(&format!(
            "<rect class=\"grafik-bar {class}\" x=\"{x:.1}\" y=\"0\" width=\"{:.1}\" height=\"28\"/>",
            (width - 1.5).max(1.0)
        ));
        body.push_str(&format!("<rect class=\"grafik-bar {class}\" x=\"0\" y=\"{y:.1}\" width=\"12\" height=\"12\" rx=\"2\"/>"));
        let last_line = label_lines(&mut body, 20.0, y + 11.0, label);
        let percent = (number / total * 1000.0).round() / 10.0;
        let value = format!(
            "{} ({}%)",
            amount(*number, unit),
            thousands(&percent.to_string())
        );
        body.push_str(&text("grafik-value", 20.0, last_line + 17.0, &value));
        x += width;
        y = last_line + 31.0;
    }
    frame(y, title, &body)
}

/// Writes a label, over several lines where it is long (SVG text does not wrap); returns where its last one stands.
fn label_lines(body: &mut String, x: f64, first: f64, label: &str) -> f64 {
    let mut lines: Vec<String> = Vec::new();
    for word in label.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < LINE => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    let mut y = first - LINE_HEIGHT;
    for line in &lines {
        y += LINE_HEIGHT;
        body.push_str(&text("grafik-label", x, y, line));
    }
    y.max(first)
}

fn frame(height: f64, title: &str, body: &str) -> String {
    let title = escape(title);
    format!(
        "<svg viewBox=\"0 0 {WIDTH} {height:.0}\" role=\"img\" aria-label=\"{title}\">{body}</svg>"
    )
}

fn text(class: &str, x: f64, y: f64, content: &str) -> String {
    format!(
        "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>",
        escape(content)
    )
}

fn amount(number: f64, unit: &str) -> String {
    let number = thousands(&number.to_string());
    if unit.is_empty() {
        number
    } else {
        format!("{number} {unit}")
    }
}

fn colour(index: usize) -> String {
    format!("grafik-seri-{}", index % COLOURS + 1)
}
