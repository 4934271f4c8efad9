//! Plots of time and memory against size, as SVG.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use plotters::coord::Shift;
use plotters::prelude::*;

use super::row::{Outcome, Row};

/// Width and height, in pixels.
const SIZE: (u32, u32) = (760, 460);
const COLOURS: [RGBColor; 6] = [
    RGBColor(31, 119, 180),
    RGBColor(255, 127, 14),
    RGBColor(44, 160, 44),
    RGBColor(214, 39, 40),
    RGBColor(148, 103, 189),
    RGBColor(140, 86, 75),
];

/// Points of each line, by the line's name.
type Lines = BTreeMap<String, Vec<(f64, f64)>>;

pub fn write(folder: &Path, rows: &[Row]) -> Result<(), String> {
    let plots = folder.join("plots");
    let failed = |error: &dyn std::fmt::Display| format!("{}: {error}", plots.display());
    std::fs::create_dir_all(&plots).map_err(|error| failed(&error))?;
    let figures = [
        ("time.svg", "Time for a whole program", "s", 1.0),
        ("memory.svg", "Peak memory", "B", 1e6),
    ];
    for (file, title, unit, scale) in figures {
        let lines = lines_of(rows, unit, scale);
        let axis = if unit == "s" { "seconds" } else { "megabytes" };
        curves(&plots.join(file), title, axis, &lines).map_err(|error| failed(&error))?;
    }
    stacked(&plots.join("stages.svg"), &shares(rows)).map_err(|error| failed(&error))
}

/// Each comparison has a line for each side: `ours ÷ peer, N functions`.
fn lines_of(rows: &[Row], unit: &str, scale: f64) -> Lines {
    let mut lines = Lines::new();
    for row in rows.iter().filter(|row| row.group == "scale") {
        let (Some(size), Outcome::Measured { ours, theirs, .. }) = (row.size, &row.result) else {
            continue;
        };
        let sides = row.what.split(", ").next().unwrap_or_default();
        let Some((our, their)) = sides.split_once(" ÷ ") else {
            continue;
        };
        if row.unit == unit {
            for (name, value) in [(our, ours), (their, theirs)] {
                let line = lines.entry(name.to_owned()).or_default();
                line.push((size as f64, value / scale));
            }
        }
    }
    lines
}

/// Microseconds per function of each stage, by size, in the order of the rows.
fn shares(rows: &[Row]) -> BTreeMap<u64, Vec<(String, f64)>> {
    let mut sizes: BTreeMap<u64, Vec<(String, f64)>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.group == "stages") {
        if let (Some(size), Outcome::Measured { ours, .. }) = (row.size, &row.result) {
            let stages = sizes.entry(size).or_default();
            let stage = row.what.split(" ÷ ").next().unwrap_or_default();
            stages.push((stage.to_owned(), ours * 1e6 / size as f64));
        }
    }
    sizes
}

type Drawn = Result<(), Box<dyn std::error::Error>>;

fn curves(path: &Path, title: &str, axis: &str, lines: &Lines) -> Drawn {
    let points = || lines.values().flatten();
    if points().next().is_none() {
        return Ok(());
    }
    let root = canvas(path)?;
    let mut chart = ChartBuilder::on(&root)
        .caption(title, ("sans-serif", 20))
        .margin(12)
        .x_label_area_size(40)
        .y_label_area_size(64)
        .build_cartesian_2d(
            bounds(points().map(|point| point.0)).log_scale(),
            bounds(points().map(|point| point.1)).log_scale(),
        )?;
    chart
        .configure_mesh()
        .x_desc("functions")
        .y_desc(axis)
        .x_label_formatter(&|value| format!("{value:.0}"))
        .draw()?;
    for ((name, line), colour) in lines.iter().zip(COLOURS) {
        chart
            .draw_series(LineSeries::new(line.clone(), colour.stroke_width(2)).point_size(3))?
            .label(name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour));
    }
    legend(&mut chart)?;
    root.present()?;
    Ok(())
}

fn stacked(path: &Path, sizes: &BTreeMap<u64, Vec<(String, f64)>>) -> Drawn {
    let Some(stages) = sizes.values().next() else {
        return Ok(());
    };
    let sum = |stages: &Vec<(String, f64)>| stages.iter().map(|(_, time)| time).sum::<f64>();
    let highest = sizes.values().map(sum).fold(0.0, f64::max);
    let root = canvas(path)?;
    let mut chart = ChartBuilder::on(&root)
        .caption("From bytes to code, by stage", ("sans-serif", 20))
        .margin(12)
        .x_label_area_size(40)
        .y_label_area_size(64)
        .build_cartesian_2d(0.0..sizes.len() as f64, 0.0..highest * 1.35)?;
    let names = sizes.keys().copied().collect::<Vec<_>>();
    chart
        .configure_mesh()
        .disable_x_mesh()
        .x_desc("functions")
        .y_desc("microseconds per function")
        .x_labels(sizes.len() * 2 + 1)
        .x_label_formatter(&|at| {
            let size = names.get(*at as usize).filter(|_| at.fract() == 0.5);
            size.map_or_else(String::new, u64::to_string)
        })
        .draw()?;
    let mut floor = vec![0.0; sizes.len()];
    for (index, (name, _)) in stages.iter().enumerate() {
        let colour = COLOURS[index % COLOURS.len()];
        let bars = sizes.values().zip(&mut floor).enumerate();
        let bars = bars.filter_map(|(at, (stages, floor))| {
            let from = *floor;
            *floor += stages.get(index)?.1;
            let (left, right) = (at as f64 + 0.2, at as f64 + 0.8);
            Some(Rectangle::new(
                [(left, from), (right, *floor)],
                colour.filled(),
            ))
        });
        let bars = bars.collect::<Vec<_>>();
        chart
            .draw_series(bars)?
            .label(name)
            .legend(move |(x, y)| Rectangle::new([(x, y - 5), (x + 18, y + 5)], colour.filled()));
    }
    legend(&mut chart)?;
    root.present()?;
    Ok(())
}

fn canvas(path: &Path) -> Result<DrawingArea<SVGBackend<'_>, Shift>, Box<dyn std::error::Error>> {
    let root = SVGBackend::new(path, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    Ok(root)
}

fn legend<'a, C>(chart: &mut ChartContext<'a, SVGBackend<'a>, C>) -> Drawn
where
    C: CoordTranslate,
{
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE.mix(0.8))
        .border_style(BLACK.mix(0.3))
        .draw()?;
    Ok(())
}

/// A range around all values.
fn bounds(values: impl Iterator<Item = f64>) -> Range<f64> {
    let start = (f64::INFINITY, 0.0);
    let (low, high) = values.fold(start, |(low, high), value| {
        (f64::min(low, value), f64::max(high, value))
    });
    low * 0.8..high * 1.25
}

#[cfg(test)]
mod tests {
    use super::super::row::parse;
    use super::*;

    #[test]
    fn rows_with_a_size_become_lines_and_stages() {
        let line = |group: &str, what: &str, size: u64| {
            let line = format!(
                "{{\"group\":\"{group}\",\"what\":\"{what}\",\"size\":{size},\"ours\":2.0,\"theirs\":1.0,\"ratio\":2.0}}"
            );
            parse(&line).unwrap()
        };
        let rows = [
            line("scale", "session ÷ JITModule, 10 functions", 10),
            line("scale", "session ÷ JITModule, 100 functions", 100),
            line("stages", "compile ÷ all", 10),
        ];
        let lines = lines_of(&rows, "s", 1.0);
        assert_eq!(lines["session"], [(10.0, 2.0), (100.0, 2.0)]);
        assert_eq!(lines["JITModule"], [(10.0, 1.0), (100.0, 1.0)]);
        assert_eq!(shares(&rows)[&10], [("compile".to_owned(), 200_000.0)]);
        let folder = std::env::temp_dir().join(format!("beskid-plots-{}", std::process::id()));
        write(&folder, &rows).unwrap();
        for (file, word) in [("time.svg", "JITModule"), ("stages.svg", "compile")] {
            let text = std::fs::read_to_string(folder.join("plots").join(file)).unwrap();
            assert!(text.contains(word), "{file}");
        }
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
