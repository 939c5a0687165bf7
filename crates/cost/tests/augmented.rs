//! Mirrored and rescaled copies of a design cost what they should.

use flagstone_cost::{Rules, evaluate};
use flagstone_geom::Orientation;
use flagstone_netlist::generate::{GenerateConfig, generate};
use flagstone_netlist::{Canvas, Mirror, Netlist, Placement, mirrored, rescaled};

/// A design with macros in all orientations.
fn design() -> (Netlist, Canvas, Placement) {
    let (netlist, canvas, mut placement) = generate(&GenerateConfig::toy());
    for (i, orientation) in placement.orientation.iter_mut().enumerate() {
        if i >= 24 {
            *orientation = Orientation::ALL[i % 8];
        }
    }
    (netlist, canvas, placement)
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(1.0)
}

#[test]
fn a_mirror_image_costs_the_same() {
    let (netlist, canvas, placement) = design();
    let before = evaluate(&netlist, &canvas, &placement, Rules::Clamp).cost;
    for mirror in [Mirror::X, Mirror::Y, Mirror::Both] {
        let (image, placed) = mirrored(&netlist, &canvas, &placement, mirror);
        let after = evaluate(&netlist, &image, &placed, Rules::Clamp).cost;
        assert!(close(before.wirelength, after.wirelength), "{mirror:?} {before:?} {after:?}");
        assert!(close(before.density, after.density), "{mirror:?} {before:?} {after:?}");
        let congestion = after.congestion / before.congestion;
        assert!((congestion - 1.0).abs() < 0.05, "{mirror:?} {before:?} {after:?}");
        let (again, back) = mirrored(&netlist, &image, &placed, mirror);
        assert_eq!(back.orientation, placement.orientation);
        assert!(back.x.iter().zip(&placement.x).all(|(&a, &b)| close(a, b)), "{mirror:?}");
        assert_eq!(again.blockages, canvas.blockages);
    }
}

#[test]
fn a_larger_copy_has_the_same_wirelength_and_density_and_less_congestion() {
    let (netlist, mut canvas, placement) = design();
    (canvas.macro_routes_horizontal, canvas.macro_routes_vertical) = (0.0, 0.0);
    let before = evaluate(&netlist, &canvas, &placement, Rules::Clamp).cost;
    let (netlist, canvas, placement) = rescaled(&netlist, &canvas, &placement, 1.5);
    let after = evaluate(&netlist, &canvas, &placement, Rules::Clamp).cost;
    assert!(close(before.wirelength, after.wirelength), "{before:?} {after:?}");
    assert!(close(before.density, after.density), "{before:?} {after:?}");
    assert!(close(before.congestion, 1.5 * after.congestion), "{before:?} {after:?}");
}
