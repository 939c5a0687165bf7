use flagstone_geom::{Orientation, Point, Rect};
use flagstone_netlist::{Builder, Kind, Node, NodeId, Pin};

use super::*;

/// A hard macro, a soft one and a port on 100 × 80 µm; the macro drives the two others.
fn design() -> (Netlist, Canvas, Placement) {
    let mut builder = Builder::new();
    let hard = Node { name: "top/ram", width: 30.0, height: 20.0, ..Node::default() };
    let soft =
        Node { kind: Kind::SoftMacro, name: "cells", width: 10.0, height: 10.0, ..Node::default() };
    let port = Node { kind: Kind::Port, name: "clk", ..Node::default() };
    let nodes = [hard, soft, port].map(|node| builder.node(node));
    let pins = nodes.map(|node| builder.pin(Pin { node, ..Pin::default() }));
    builder.net(pins[0], &[pins[1], pins[2]]);
    let netlist = builder.build();
    let mut placement = Placement::new(&netlist);
    placement.set_center(nodes[0], Point::new(50.0, 60.0));
    placement.set_center(nodes[1], Point::new(20.0, 20.0));
    placement.set_center(nodes[2], Point::new(0.0, 40.0));
    (netlist, Canvas::new(100.0, 80.0), placement)
}

#[test]
fn layers_lie_in_their_order() {
    let (netlist, canvas, placement) = design();
    let mut other = placement.clone();
    other.set_center(NodeId(0), Point::new(30.0, 60.0));
    let options = SceneOptions {
        selected: vec![NodeId(0)],
        groups: vec![Group { name: "one".to_owned(), nodes: vec![NodeId(1)] }],
        against: Some(other),
        markers: vec![Marker { rect: canvas.rect(), text: "all".to_owned() }],
        pins: true,
        ..SceneOptions::default()
    };
    let scene = Scene::new(&netlist, &canvas, &placement, &options);
    let ids: Vec<LayerId> = scene.layers.iter().map(|layer| layer.id).collect();
    assert!(ids.is_sorted(), "{ids:?}");
    assert_eq!(scene.layer(LayerId::Fixed), None, "empty layers are left out");
    let ghost = &scene.layer(LayerId::Ghost).unwrap().blocks;
    assert_eq!(ghost[0].rect.center(), Point::new(30.0, 60.0));
    let arrow = scene.layer(LayerId::Arrows).unwrap().lines[0];
    assert_eq!((arrow.from.x, arrow.to.x), (30.0, 50.0), "from the other to this one");
    let styles: Vec<Style> =
        scene.layer(LayerId::Highlight).unwrap().blocks.iter().map(|block| block.style).collect();
    assert_eq!(styles, [Style::Group1, Style::Selected]);
}

#[test]
fn a_layer_is_put_once() {
    let (netlist, canvas, placement) = design();
    let mut scene = Scene::new(&netlist, &canvas, &placement, &SceneOptions::default());
    let n = scene.layers.len();
    scene.put(layers::hard(&netlist, &placement));
    assert_eq!(scene.layers.len(), n);
    scene.put(Layer::new(LayerId::Hard));
    assert_eq!(scene.layer(LayerId::Hard), None);
}

#[test]
fn marks_turn_with_the_macro() {
    let rect = Rect { x0: 0.0, y0: 0.0, x1: 10.0, y1: 10.0 };
    let corners = [
        (Orientation::N, (0.0, 0.0)),
        (Orientation::FN, (10.0, 0.0)),
        (Orientation::S, (10.0, 10.0)),
        (Orientation::FS, (0.0, 10.0)),
        (Orientation::W, (10.0, 0.0)),
        (Orientation::E, (0.0, 10.0)),
    ];
    for (orientation, (x, y)) in corners {
        assert_eq!(layers::corner(rect, orientation)[0], Point::new(x, y), "{orientation}");
    }
}

#[test]
fn connections_know_their_direction() {
    let (netlist, _, placement) = design();
    let out = connections::of_nodes(&netlist, &placement, &[NodeId(0)]);
    assert_eq!(out.lines.len(), 2);
    assert!(out.lines.iter().all(|line| line.style == Style::FanOut), "{out:?}");
    let into = connections::of_nodes(&netlist, &placement, &[NodeId(1)]);
    assert_eq!(into.lines.len(), 1, "the line to this node alone");
    assert_eq!(into.lines[0].style, Style::FanIn);
}

#[test]
fn nodes_without_a_place_are_not_drawn() {
    let (netlist, _, mut placement) = design();
    placement.placed[0] = false;
    assert!(layers::hard(&netlist, &placement).is_empty(), "the hard macro has no place");
    assert!(layers::labels(&netlist, &placement).is_empty(), "nor a name");
}
