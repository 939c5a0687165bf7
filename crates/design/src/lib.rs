//! From files to a design, and back.
//!
//! [`open`] takes the paths a user names, finds out what each file is by its content, joins what
//! belongs together and returns a [`Design`] with everything that is to be said about the files.
//! The functions of [`save`] turn a design into the bytes of a file.
//!
//! ```no_run
//! use flagstone_design::{OpenConfig, open};
//!
//! let opened = open(&["cells.lef".to_owned(), "chip.def".to_owned()], &OpenConfig::default());
//! for message in &opened.messages {
//!     eprintln!("{message}");
//! }
//! let design = opened.design?;
//! println!("{}: {} nodes", design.name, design.netlist.n_nodes());
//! # Ok::<(), flagstone_design::Error>(())
//! ```

mod cluster;
mod def_source;
mod error;
mod files;
mod judge;
mod message;
mod open;
pub mod save;
mod settings;
pub mod snap;

use std::path::PathBuf;
use std::sync::Arc;

use flagstone_cost::Weights;
use flagstone_formats::{bookshelf, gsrc};
use flagstone_geom::{Point, Rect};
use flagstone_netlist::{Canvas, Netlist, Placement};

pub use cluster::clustered;
pub use def_source::DefSource;
pub use error::Error;
pub use files::{UnpackConfig, read_bytes, read_limited};
pub use message::{Level, Message, first_error, messages_of};
pub use open::{OpenConfig, Opened, open};
pub use settings::Settings;

/// A netlist with its canvas and a placement to start from.
#[derive(Clone, Debug)]
pub struct Design {
    /// Name of the design where its files give one, else of the netlist's folder or file.
    pub name: String,
    /// The netlist as it was given.
    pub netlist_path: String,
    /// The placement file, if there is one.
    pub plc_path: Option<PathBuf>,
    /// The circuit.
    pub netlist: Arc<Netlist>,
    /// The canvas in force.
    pub canvas: Canvas,
    /// The placement, in µm on the canvas.
    pub placement: Placement,
    /// Weights of the cost terms.
    pub weights: Weights,
    /// Lower left corner of the canvas in the coordinates of the files, µm.
    pub origin: (f64, f64),
    /// What macros may be snapped to.
    pub technology: Technology,
    /// The widest halo that the files ask for around a hard macro, µm.
    pub halo: f64,
    /// The DEF it came from, if it did.
    pub def: Option<Arc<DefSource>>,
    /// The Bookshelf files it came from, if it did.
    pub bookshelf: Option<Arc<bookshelf::Design>>,
    /// The GSRC files it came from, if it did.
    pub gsrc: Option<Arc<gsrc::Design>>,
    /// The group of each node of the netlist before [`clustered`], by its ordinal; group `g` is the
    /// soft macro `Grp_g`. `None` where nothing was clustered.
    pub groups: Option<Arc<Vec<Option<u32>>>>,
}

impl Design {
    /// A point of the canvas in the coordinates of the files.
    pub fn point_in_files(&self, at: Point) -> Point {
        Point::new(at.x + self.origin.0, at.y + self.origin.1)
    }

    /// An area of the canvas in the coordinates of the files.
    pub fn rect_in_files(&self, rect: Rect) -> Rect {
        let (dx, dy) = self.origin;
        Rect { x0: rect.x0 + dx, y0: rect.y0 + dy, x1: rect.x1 + dx, y1: rect.y1 + dy }
    }
}

/// Lines that macros may be snapped to, in the coordinates of the files.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Technology {
    /// The manufacturing grid, µm.
    pub manufacturing_grid: Option<f64>,
    /// First vertical track and distance between two of the finest layer, µm.
    pub tracks_x: Option<(f64, f64)>,
    /// First horizontal track and distance between two of the finest layer, µm.
    pub tracks_y: Option<(f64, f64)>,
}

impl Design {
    /// A design that came from no file.
    pub fn new(name: String, netlist: Netlist, canvas: Canvas, placement: Placement) -> Self {
        Self {
            name,
            netlist_path: String::new(),
            plc_path: None,
            netlist: Arc::new(netlist),
            canvas,
            placement,
            weights: Weights::default(),
            origin: (0.0, 0.0),
            technology: Technology::default(),
            halo: 0.0,
            def: None,
            bookshelf: None,
            gsrc: None,
            groups: None,
        }
    }
}
