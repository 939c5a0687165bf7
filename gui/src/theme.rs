//! Every colour of the viewer.

use egui::Color32;

pub(crate) const CANVAS: Color32 = Color32::from_rgb(247, 247, 244);
pub(crate) const OUTLINE: Color32 = Color32::from_rgb(48, 52, 59);
pub(crate) const HARD: Color32 = Color32::from_rgb(231, 180, 92);
pub(crate) const FIXED: Color32 = Color32::from_rgb(183, 178, 168);
pub(crate) const MARK: Color32 = Color32::from_rgb(107, 74, 18);
pub(crate) const SOFT: Color32 = Color32::from_rgba_premultiplied(45, 63, 77, 90);
pub(crate) const PORT: Color32 = Color32::from_rgb(59, 122, 63);
pub(crate) const SELECTED: Color32 = Color32::from_rgb(201, 70, 61);
