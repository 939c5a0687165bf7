//! `.lyrdb`, KLayout's report database: markers in categories over the layout.
//!
//! ```
//! use flagstone_formats::klayout::lyrdb::{Category, Item, Report, Value, write};
//!
//! let item = Item { values: vec![Value::Float(1.5)], ..Item::default() };
//! let overlap = Category { name: "overlap".into(), items: vec![item], ..Category::default() };
//! let report = Report { top_cell: "chip".into(), categories: vec![overlap], ..Report::default() };
//! let text = String::from_utf8(write(&report))?;
//! assert!(text.contains("<value>float: 1.5</value>"));
//! # Ok::<(), std::string::FromUtf8Error>(())
//! ```

use std::io;

use flagstone_geom::{Point, Rect};

use super::xml::{Xml, to_bytes};

/// A report database.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// What the report is about.
    pub description: String,
    /// What made it.
    pub generator: String,
    /// The top cell of the layout the markers lie over; in a DEF file the name behind `DESIGN`.
    pub top_cell: String,
    /// Categories in the order shown.
    pub categories: Vec<Category>,
}

/// A kind of marker.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Category {
    /// Short name, best of letters and `_` only.
    pub name: String,
    /// For people.
    pub description: String,
    /// Categories within this one.
    pub categories: Vec<Category>,
    /// The markers.
    pub items: Vec<Item>,
}

/// A marker.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Item {
    /// Shown as important.
    pub important: bool,
    /// Accepted by someone.
    pub waived: bool,
    /// A remark.
    pub comment: Option<String>,
    /// Shapes, texts and numbers. Those that are not finite are left out.
    pub values: Vec<Value>,
}

/// Part of a marker, coordinates in µm.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A rectangle.
    Box(Rect),
    /// A line from one point to another.
    Edge(Point, Point),
    /// A polygon by its corners.
    Polygon(Vec<Point>),
    /// A line along several points, with a width.
    Path(Vec<Point>, f64),
    /// A text at a place in the layout.
    Label(String, Point),
    /// A number.
    Float(f64),
    /// A text.
    Text(String),
}

/// Writes a report database.
pub fn write(report: &Report) -> Vec<u8> {
    to_bytes(|xml| {
        // The loader knows the file by this tag, which must not have attributes.
        xml.open("report-database", &[])?;
        xml.text("description", &report.description)?;
        xml.text("generator", &report.generator)?;
        xml.text("top-cell", &report.top_cell)?;
        xml.open("tags", &[])?;
        for tag in ["important", "waived"] {
            xml.open("tag", &[])?;
            xml.text("name", tag)?;
            xml.close("tag")?;
        }
        xml.close("tags")?;
        categories(xml, &report.categories)?;
        xml.open("cells", &[])?;
        xml.open("cell", &[])?;
        xml.text("name", &report.top_cell)?;
        xml.close("cell")?;
        xml.close("cells")?;
        xml.open("items", &[])?;
        items(xml, &report.categories, "", &word(&report.top_cell))?;
        xml.close("items")?;
        xml.close("report-database")
    })
}

fn categories(xml: &mut Xml, list: &[Category]) -> io::Result<()> {
    xml.open("categories", &[])?;
    for category in list {
        xml.open("category", &[])?;
        xml.text("name", &category.name)?;
        xml.text("description", &category.description)?;
        if !category.categories.is_empty() {
            categories(xml, &category.categories)?;
        }
        xml.close("category")?;
    }
    xml.close("categories")
}

fn items(xml: &mut Xml, list: &[Category], above: &str, cell: &str) -> io::Result<()> {
    for category in list {
        let path = format!("{above}{}", word(&category.name));
        for item in &category.items {
            self::item(xml, item, &path, cell)?;
        }
        items(xml, &category.categories, &format!("{path}."), cell)?;
    }
    Ok(())
}

fn item(xml: &mut Xml, item: &Item, path: &str, cell: &str) -> io::Result<()> {
    xml.open("item", &[])?;
    let tags = match (item.important, item.waived) {
        (false, false) => None,
        (true, false) => Some("important"),
        (false, true) => Some("waived"),
        (true, true) => Some("important,waived"),
    };
    if let Some(tags) = tags {
        xml.text("tags", tags)?;
    }
    xml.text("category", path)?;
    xml.text("cell", cell)?;
    if let Some(comment) = &item.comment {
        xml.text("comment", comment)?;
    }
    xml.open("values", &[])?;
    for text in item.values.iter().filter_map(value) {
        xml.text("value", &text)?;
    }
    xml.close("values")?;
    xml.close("item")
}

/// A component of a path: quoted unless it is made of letters, digits, `_` and `$`.
fn word(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '$');
    if !name.is_empty() && name.chars().all(plain) { name.to_owned() } else { quoted(name) }
}

fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('\'');
    for c in text.chars() {
        match c {
            '\'' => out.push_str("\\'"),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            other => out.push(other),
        }
    }
    out.push('\'');
    out
}

fn value(value: &Value) -> Option<String> {
    let finite = |p: &Point| p.x.is_finite() && p.y.is_finite();
    let points = |list: &[Point]| {
        let list: Vec<String> = list.iter().map(|p| format!("{},{}", p.x, p.y)).collect();
        list.join(";")
    };
    Some(match value {
        Value::Box(r) => {
            let corners = [Point::new(r.x0, r.y0), Point::new(r.x1, r.y1)];
            corners.iter().all(finite).then(|| format!("box: ({})", points(&corners)))?
        }
        Value::Edge(a, b) => {
            let ends = [*a, *b];
            ends.iter().all(finite).then(|| format!("edge: ({})", points(&ends)))?
        }
        Value::Polygon(list) => {
            let good = list.len() > 2 && list.iter().all(finite);
            good.then(|| format!("polygon: ({})", points(list)))?
        }
        Value::Path(list, width) => {
            let good = !list.is_empty() && list.iter().all(finite) && width.is_finite();
            good.then(|| format!("path: ({}) w={width}", points(list)))?
        }
        Value::Label(text, at) => {
            finite(at).then(|| format!("label: ({},r0 {},{})", quoted(text), at.x, at.y))?
        }
        Value::Float(number) => number.is_finite().then(|| format!("float: {number}"))?,
        Value::Text(text) => format!("text: {}", quoted(text)),
    })
}
