//! The Flagstone viewer: see, understand and edit a floorplan.
//!
//! A [`Viewer`](app::Viewer) holds a [`State`](state::State), which is remembered, and a
//! [`Session`](session::Session), which is one open design. Panels are functions of the form
//! `ui(&mut PanelState, &Data, &mut Ui) -> Option<Command>`; only `actions` carries commands out.
//! The canvas draws the layers of the shared draw list in [`flagstone_report::scene`].
//!
//! What takes longer than a frame runs on threads ([`worker`], [`tools`]) that answer with a
//! generation number; what only a desktop has is in [`native`].

pub mod actions;
pub mod advice;
pub mod analysis;
mod answers;
pub mod app;
pub mod board;
pub mod buckets;
pub mod camera;
pub mod canvas;
pub mod command;
pub mod compare;
pub mod cost_panel;
pub mod coverage;
pub mod data;
pub mod design;
pub mod drag;
pub mod export;
pub mod exports;
pub mod files;
pub mod find;
pub mod heat;
pub mod heat_panel;
pub mod history;
pub mod inspector;
pub mod layers;
pub mod layers_panel;
pub mod markers;
pub mod mesh;
pub mod messages;
pub mod native;
pub mod paint;
pub mod palette;
pub mod pattern;
pub mod reading;
pub mod recovery;
pub mod replay;
mod review;
pub mod ruler;
pub mod selection;
pub mod session;
pub mod side;
pub mod state;
pub mod status;
pub mod theme;
pub mod tools;
pub mod watch;
pub mod worker;
