//! Line charts as SVG, coloured by style sheet classes so that the page decides on light or dark.

/// A line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    /// What it shows.
    pub name: String,
    /// Points from left to right; those that are not finite break the line.
    pub points: Vec<(f64, f64)>,
}

/// An area around a line: (x, low, high).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Band {
    /// Index of the series it belongs to.
    pub series: usize,
    /// Its lower and upper edge.
    pub points: Vec<(f64, f64, f64)>,
}

/// A chart of several lines over one axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chart {
    /// The line above it.
    pub title: String,
    /// What is to the right.
    pub x_label: String,
    /// Whether the axis to the right is logarithmic; points that are not above zero are left out.
    pub log_x: bool,
    /// The lines; the style sheet has colours for eight, the ninth is the first one's, dashed.
    pub series: Vec<Series>,
    /// Areas behind the lines.
    pub bands: Vec<Band>,
}

/// Colours of the lines on a light and on a dark ground: the palette of Okabe and Ito, which
/// colour-blind readers tell apart, with black and yellow made readable.
const COLORS: [(&str, &str); 8] = [
    ("#0072b2", "#56b4e9"),
    ("#d55e00", "#ff8c42"),
    ("#009e73", "#2ecc9a"),
    ("#cc79a7", "#e39cc4"),
    ("#6f5f00", "#f0e442"),
    ("#56708a", "#9fb3c8"),
    ("#8c2f63", "#d977b2"),
    ("#30343b", "#e6e6e0"),
];

const WIDTH: f64 = 520.0;
const HEIGHT: f64 = 260.0;
const LEFT: f64 = 58.0;
const RIGHT: f64 = 14.0;
const TOP: f64 = 34.0;
const BOTTOM: f64 = 40.0;

/// Width of a letter at the size of the labels, about.
const LETTER: f64 = 6.6;

/// The same in the title.
const TITLE_LETTER: f64 = 7.8;

impl Chart {
    /// The style sheet that charts need.
    pub fn css() -> String {
        let mut css = String::from(
            ".chart{--ink:#22262c;--faint:#d8d8d2;--paper:#ffffff}\
             .chart text{font:12px system-ui,sans-serif;fill:var(--ink)}\
             .chart .title{font-weight:600;font-size:13px}.chart .line{fill:none;stroke-width:1.8;\
             stroke-linejoin:round}.chart .dot{stroke:none}.chart .band{stroke:none;opacity:.18}\
             .chart .tick{stroke:var(--faint)}.chart .axis{stroke:var(--ink);opacity:.5}",
        );
        for (i, (light, _)) in COLORS.iter().enumerate() {
            css += &format!(".chart .c{i}{{stroke:{light}}}.chart .f{i}{{fill:{light}}}");
        }
        css += "@media(prefers-color-scheme:dark){\
                .chart{--ink:#e6e6e0;--faint:#3a4048;--paper:#1b1e23}";
        for (i, (_, dark)) in COLORS.iter().enumerate() {
            css += &format!(".chart .c{i}{{stroke:{dark}}}.chart .f{i}{{fill:{dark}}}");
        }
        css + "}"
    }

    /// The chart inside a page that has the style sheet.
    pub fn svg(&self) -> String {
        self.draw("")
    }

    /// The chart as a file of its own.
    pub fn file(&self) -> String {
        self.draw(&format!(
            "<style>{}</style><rect width=\"100%\" height=\"100%\" fill=\"var(--paper)\"/>",
            Self::css()
        ))
    }

    fn draw(&self, head: &str) -> String {
        let mut text = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
             role=\"img\" aria-label=\"{}\">{head}",
            escape(&self.title),
            WIDTH = WIDTH + self.legend_width()
        );
        text += &format!("<text class=\"title\" x=\"8\" y=\"18\">{}</text>", escape(&self.title));
        let Some(frame) = self.frame() else {
            text += &format!(
                "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">no data yet</text></svg>",
                WIDTH / 2.0,
                HEIGHT / 2.0
            );
            return text;
        };
        frame.axes(&self.x_label, &mut text);
        for band in &self.bands {
            frame.band(band, &mut text);
        }
        for (i, series) in self.series.iter().enumerate() {
            frame.line(i, series, &mut text);
        }
        self.legend(&mut text);
        text + "</svg>"
    }

    /// The ranges of both axes, widened where they are empty.
    fn frame(&self) -> Option<Frame> {
        let points = self.series.iter().flat_map(|series| series.points.iter().copied());
        let edges = self.bands.iter().flat_map(|band| &band.points);
        let edges = edges.flat_map(|&(x, low, high)| [(x, low), (x, high)]);
        let (mut x, mut y) = (Range::EMPTY, Range::EMPTY);
        let log_x = self.log_x;
        let across = points.chain(edges).map(|(px, py)| (scaled(px, log_x), py));
        for (px, py) in across.filter(|p| p.0.is_finite() && p.1.is_finite()) {
            x.admit(px);
            y.admit(py);
        }
        (x.low <= x.high).then(|| Frame { x: x.widened(0.0), y: y.widened(0.06), log_x })
    }

    /// Whether the names have no room beside the title.
    fn is_tall(&self) -> bool {
        let width = |series: &Series| LETTER * series.name.chars().count() as f64 + 28.0;
        let title = TITLE_LETTER * self.title.chars().count() as f64 + 16.0;
        self.series.iter().map(width).sum::<f64>() > WIDTH - RIGHT - title
    }

    /// Room that the names need beside the lines.
    fn legend_width(&self) -> f64 {
        if !self.is_tall() {
            return 0.0;
        }
        let longest = self.series.iter().map(|series| series.name.chars().count()).max();
        LETTER * longest.unwrap_or(0) as f64 + 36.0
    }

    fn legend(&self, text: &mut String) {
        if self.series.len() < 2 {
            return;
        }
        if self.is_tall() {
            for (i, series) in self.series.iter().enumerate() {
                sample(i, series, (WIDTH, TOP + 14.0 * i as f64), text);
            }
            return;
        }
        // Names from the right to the left.
        let mut right = WIDTH - RIGHT;
        for (i, series) in self.series.iter().enumerate().rev() {
            let left = right - LETTER * series.name.chars().count() as f64 - 20.0;
            sample(i, series, (left, 12.0), text);
            right = left - 8.0;
        }
    }
}

/// A piece of a series' line with its name after it.
fn sample(i: usize, series: &Series, (x, y): (f64, f64), text: &mut String) {
    *text += &format!(
        "<line class=\"line c{}\"{} x1=\"{x:.1}\" y1=\"{y:.1}\" x2=\"{:.1}\" y2=\"{y:.1}\"/>\
         <text x=\"{:.1}\" y=\"{:.1}\">{}</text>",
        i % COLORS.len(),
        dashes(i),
        x + 16.0,
        x + 20.0,
        y + 4.0,
        escape(&series.name)
    );
}

/// Lines beyond the colours are dashed.
fn dashes(i: usize) -> &'static str {
    if i < COLORS.len() { "" } else { " stroke-dasharray=\"5 3\"" }
}

/// A value along an axis: itself or its decimal logarithm, which is not finite for those not above
/// zero.
fn scaled(value: f64, log: bool) -> f64 {
    if !log {
        return value;
    }
    if value > 0.0 { value.log10() } else { f64::NAN }
}

#[derive(Clone, Copy)]
struct Range {
    low: f64,
    high: f64,
}

impl Range {
    const EMPTY: Self = Self { low: f64::INFINITY, high: f64::NEG_INFINITY };

    fn admit(&mut self, value: f64) {
        self.low = self.low.min(value);
        self.high = self.high.max(value);
    }

    fn widened(self, share: f64) -> Self {
        let size = self.high - self.low;
        let more = if size > 0.0 { share * size } else { 0.5 * self.high.abs().max(1e-3) };
        Self { low: self.low - more, high: self.high + more }
    }

    /// Round numbers about a fifth of the range apart.
    fn ticks(self) -> Vec<f64> {
        let rough = (self.high - self.low) / 5.0;
        let power = 10_f64.powf(rough.log10().floor());
        let steps = [1.0, 2.0, 2.5, 5.0, 10.0];
        let step = steps.into_iter().map(|s| s * power).find(|&step| step >= rough);
        let step = step.unwrap_or(10.0 * power);
        let first = (self.low / step).ceil() as i64;
        let last = (self.high / step).floor() as i64;
        (first..=last).map(|tick| tick as f64 * step).collect()
    }

    /// Powers of ten whose logarithms lie in the range; also twice and five times them where there
    /// is room.
    fn powers(self) -> Vec<f64> {
        let steps: &[f64] = if self.high - self.low > 2.5 { &[1.0] } else { &[1.0, 2.0, 5.0] };
        let powers = self.low.floor() as i32..=self.high.ceil() as i32;
        let all = powers.flat_map(|power| steps.iter().map(move |step| step * 10_f64.powi(power)));
        all.filter(|tick| (self.low..=self.high).contains(&tick.log10())).collect()
    }
}

struct Frame {
    /// Of logarithms where the axis is logarithmic.
    x: Range,
    y: Range,
    log_x: bool,
}

impl Frame {
    fn at(&self, x: f64, y: f64) -> (f64, f64) {
        let share = |value: f64, range: Range| (value - range.low) / (range.high - range.low);
        (
            LEFT + share(scaled(x, self.log_x), self.x) * (WIDTH - LEFT - RIGHT),
            HEIGHT - BOTTOM - share(y, self.y) * (HEIGHT - TOP - BOTTOM),
        )
    }

    fn axes(&self, x_label: &str, text: &mut String) {
        let bottom = HEIGHT - BOTTOM;
        for tick in self.y.ticks() {
            let (_, y) = self.at(1.0, tick);
            *text += &format!(
                "<line class=\"tick\" x1=\"{LEFT}\" y1=\"{y:.1}\" x2=\"{}\" y2=\"{y:.1}\"/>\
                 <text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                WIDTH - RIGHT,
                LEFT - 6.0,
                y + 4.0,
                label(tick)
            );
        }
        let ticks = if self.log_x { self.x.powers() } else { self.x.ticks() };
        for tick in ticks {
            let (x, _) = self.at(tick, self.y.low);
            *text += &format!(
                "<text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
                bottom + 16.0,
                label(tick)
            );
        }
        *text += &format!(
            "<line class=\"axis\" x1=\"{LEFT}\" y1=\"{bottom}\" x2=\"{0}\" y2=\"{bottom}\"/>\
             <text x=\"{0}\" y=\"{1}\" text-anchor=\"end\">{2}</text>",
            WIDTH - RIGHT,
            HEIGHT - 8.0,
            escape(x_label)
        );
    }

    fn band(&self, band: &Band, text: &mut String) {
        let finite = |p: &&(f64, f64, f64)| {
            scaled(p.0, self.log_x).is_finite() && p.1.is_finite() && p.2.is_finite()
        };
        let points: Vec<_> = band.points.iter().filter(finite).collect();
        let low = points.iter().map(|p| self.at(p.0, p.1));
        let high = points.iter().rev().map(|p| self.at(p.0, p.2));
        let corners: Vec<String> = low.chain(high).map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let color = band.series % COLORS.len();
        *text += &format!("<polygon class=\"band f{color}\" points=\"{}\"/>", corners.join(" "));
    }

    fn line(&self, i: usize, series: &Series, text: &mut String) {
        let color = i % COLORS.len();
        let broken = |p: &(f64, f64)| !(scaled(p.0, self.log_x).is_finite() && p.1.is_finite());
        for part in series.points.split(broken).filter(|part| !part.is_empty()) {
            let at: Vec<(f64, f64)> = part.iter().map(|&(x, y)| self.at(x, y)).collect();
            if let [(x, y)] = at[..] {
                *text += &format!(
                    "<circle class=\"dot f{color}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\"/>"
                );
                continue;
            }
            let points: Vec<String> = at.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
            *text += &format!(
                "<polyline class=\"line c{color}\"{} points=\"{}\"/>",
                dashes(i),
                points.join(" ")
            );
        }
    }
}

/// A number as short as its size allows.
fn label(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-3..1e5).contains(&size) {
        return format!("{value:.0e}");
    }
    let digits = if size >= 100.0 { 1 } else { 4 };
    let text = format!("{value:.digits$}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// Text that is safe inside XML and HTML.
pub(crate) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(points: &[(f64, f64)]) -> Chart {
        let series = vec![Series { name: "a<b".into(), points: points.to_vec() }];
        Chart {
            title: "cost & more".into(),
            x_label: "episodes".into(),
            series,
            ..Chart::default()
        }
    }

    #[test]
    fn charts_are_well_formed_whatever_the_points() {
        let nan = f64::NAN;
        for points in [
            &[][..],
            &[(0.0, 1.0)],
            &[(0.0, 1.0), (1.0, nan), (2.0, 3.0), (4.0, 5.0)],
            &[(0.0, nan)],
            &[(5.0, 0.0), (5.0, 0.0)],
        ] {
            let text = chart(points).file();
            let mut reader = quick_xml::Reader::from_str(&text);
            loop {
                match reader.read_event().unwrap() {
                    quick_xml::events::Event::Eof => break,
                    event => assert!(!format!("{event:?}").contains("NaN"), "{text}"),
                }
            }
        }
    }

    #[test]
    fn a_gap_breaks_the_line() {
        let text = chart(&[(0.0, 1.0), (1.0, 2.0), (2.0, f64::NAN), (3.0, 4.0), (4.0, 5.0)]).svg();
        assert_eq!(text.matches("<polyline").count(), 2, "{text}");
    }

    #[test]
    fn a_logarithmic_axis_has_powers_and_leaves_zero_out() {
        let points = [(0.0, 1.0), (1.0, 0.9), (100.0, 0.8), (10_000.0, 0.7)];
        let chart = Chart { log_x: true, ..chart(&points) };
        let frame = chart.frame().unwrap();
        assert_eq!(frame.x.powers(), [1.0, 10.0, 100.0, 1000.0, 10_000.0]);
        let middle = (LEFT + WIDTH - RIGHT) / 2.0;
        assert!((frame.at(100.0, 0.8).0 - middle).abs() < 1e-9);
        let text = chart.svg();
        assert!(!text.contains("NaN") && text.matches("<polyline").count() == 1, "{text}");
    }

    #[test]
    fn many_names_stand_beside_the_lines_and_the_ninth_is_dashed() {
        let line = |i: usize| Series {
            name: format!("method-{i}"),
            points: vec![(0.0, i as f64), (1.0, 0.5)],
        };
        let chart = |n: usize| Chart { series: (0..n).map(line).collect(), ..Chart::default() };
        let (few, many) = (chart(2).svg(), chart(9).svg());
        assert!(few.contains("viewBox=\"0 0 520 260\"") && !few.contains("dasharray"), "{few}");
        let width = WIDTH + chart(9).legend_width();
        assert!(many.contains(&format!("viewBox=\"0 0 {width} 260\"")), "{many}");
        // Its line and its sample.
        assert_eq!(many.matches("dasharray").count(), 2, "{many}");
    }

    #[test]
    fn ticks_are_round() {
        let range = Range { low: 0.713, high: 0.962 };
        let ticks: Vec<String> = range.ticks().into_iter().map(label).collect();
        assert_eq!(ticks, ["0.75", "0.8", "0.85", "0.9", "0.95"]);
        assert_eq!([0.0, -0.0, 12_000.0, 3e-7].map(label), ["0", "0", "12000", "3e-7"]);
    }
}
