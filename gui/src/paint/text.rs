//! Text on the canvas, and what the pointer draws over it.

use egui::{Align2, Color32, FontId, Painter, Pos2, Rect as ScreenRect, Stroke, StrokeKind, vec2};
use flagstone_netlist::NodeId;
use flagstone_report::HeatMap;
use flagstone_report::scene::LayerId;
use flagstone_report::scene::layers::short_name;

use crate::board::Board;
use crate::camera::Camera;
use crate::canvas::CanvasData;
use crate::heat::color_of;
use crate::mesh::Frame;
use crate::ruler::Ruler;
use crate::theme::{self, Palette};

/// The values of a map in its cells.
pub(super) fn values(painter: &Painter, frame: &Frame, map: &HeatMap, range: (f64, f64)) {
    let window = frame.window();
    let digits = if range.1 - range.0 >= 10.0 { 1 } else { 3 };
    for cell in 0..map.grid.n_cells() {
        let (rect, value) = (map.grid.cell_rect(cell), map.values[cell]);
        if rect.intersection(&window).is_none() || !value.is_finite() {
            continue;
        }
        let at = frame.camera.screen_from_world(rect.center(), frame.view);
        let color = theme::text_on(color_of(value, range));
        let text = format!("{value:.digits$}");
        painter.text(at, Align2::CENTER_CENTER, text, FontId::monospace(11.0), color);
    }
}

/// Names of hard macros and their orientation, the largest first.
///
/// Over a heat map they stand on plates, since no color reads on all of its own.
pub(super) fn names(
    painter: &Painter,
    frame: &Frame,
    data: &CanvasData<'_>,
    palette: &Palette,
    heat: bool,
) {
    let color = if heat { palette.text } else { palette.label };
    const LINE: f32 = 13.0;
    const LETTER: f32 = 6.6;
    let session = data.session;
    let (board, placement): (&Board, _) = data.shown();
    let netlist = session.netlist();
    let detail = &data.state.settings.detail;
    let mut shown: Vec<(ScreenRect, NodeId)> = board
        .inside(&frame.window(), &[LayerId::Hard, LayerId::Fixed])
        .into_iter()
        .filter(|&node| session.drag.as_ref().is_none_or(|drag| !drag.nodes.contains(&node)))
        .map(|node| (frame.rect(&placement.rect(netlist, node)), node))
        .filter(|(rect, _)| rect.width() >= detail.label_from && rect.height() >= LINE + 2.0)
        .collect();
    shown.sort_by(|a, b| b.0.area().total_cmp(&a.0.area()).then(a.1.cmp(&b.1)));
    shown.truncate(detail.most_labels);
    for (rect, node) in shown {
        let room = ((rect.width() - 6.0) / LETTER) as usize;
        let font = FontId::monospace(11.0);
        let name = ending(short_name(netlist.node_name(node)), room);
        let two = rect.height() >= 2.0 * LINE + 4.0;
        let at = rect.center() - vec2(0.0, if two { LINE / 2.0 } else { 0.0 });
        let painter = painter.with_clip_rect(rect.intersect(frame.view));
        let write = |at: Pos2, text: String| {
            let galley = painter.layout_no_wrap(text, font.clone(), color);
            let rect = Align2::CENTER_CENTER.anchor_size(at, galley.size());
            if heat {
                painter.rect_filled(rect.expand2(vec2(2.0, 0.0)), 2.0, palette.plate);
            }
            painter.galley(rect.min, galley, color);
        };
        write(at, name);
        if two {
            write(at + vec2(0.0, LINE), placement.orientation[node.usize()].to_string());
        }
    }
}

/// The end of a name, which is what tells siblings apart.
fn ending(name: &str, room: usize) -> String {
    let n = name.chars().count();
    if n <= room {
        return name.to_owned();
    }
    let tail: String = name.chars().skip(n + 1 - room.max(1)).collect();
    format!("…{tail}")
}

/// The box drawn with the pointer.
pub fn rubber_band(painter: &Painter, rect: ScreenRect) {
    let palette = theme::palette(painter.ctx().theme() == egui::Theme::Dark);
    let color = palette.curve;
    painter.rect_filled(rect, 0.0, color.gamma_multiply(0.15));
    painter.rect_stroke(rect, 0.0, Stroke::new(1.0, color), StrokeKind::Inside);
}

/// A ruler with its text.
pub fn ruler(painter: &Painter, camera: Camera, view: ScreenRect, ruler: &Ruler) {
    let palette = theme::palette(painter.ctx().theme() == egui::Theme::Dark);
    let (from, to) =
        (camera.screen_from_world(ruler.from, view), camera.screen_from_world(ruler.to, view));
    let stroke = Stroke::new(1.5, palette.ruler);
    painter.line_segment([from, to], stroke);
    for end in [from, to] {
        painter.circle_filled(end, 3.0, palette.ruler);
    }
    plate(painter, from + (to - from) / 2.0, &ruler.text(), palette.ruler, palette);
}

/// Text on a plate, so that it reads on anything.
pub fn plate(painter: &Painter, at: Pos2, text: &str, color: Color32, palette: &Palette) {
    let galley = painter.layout_no_wrap(text.to_owned(), FontId::proportional(12.0), color);
    let rect = Align2::CENTER_CENTER.anchor_size(at, galley.size());
    painter.rect_filled(rect.expand(3.0), 3.0, palette.plate);
    painter.galley(rect.min, galley, color);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_keep_their_end() {
        assert_eq!(ending("i_sram_data_12", 20), "i_sram_data_12");
        assert_eq!(ending("i_sram_data_12", 6), "…ta_12");
        assert_eq!(ending("é12", 2), "…2");
    }
}
