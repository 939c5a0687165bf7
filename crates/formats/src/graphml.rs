//! GraphML for graph tools: nodes and nets as a star model, since readers refuse hyperedges.

use std::io;

use crate::klayout::xml::{Xml, to_bytes};

/// A node of the circuit.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Node<'a> {
    /// Name.
    pub name: &'a str,
    /// What it is, such as `hard_macro`.
    pub kind: &'a str,
    /// Width in µm.
    pub width: f64,
    /// Height in µm.
    pub height: f64,
    /// Centre in µm.
    pub x: f64,
    /// Centre in µm.
    pub y: f64,
    /// Whether it must stay where it is.
    pub fixed: bool,
}

/// A net of the circuit.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Net<'a> {
    /// Weight.
    pub weight: f64,
    /// The nodes it touches, as rows of the node list, driver first.
    pub nodes: &'a [usize],
}

const KEYS: [(&str, &str, &str); 10] = [
    ("name", "name", "string"),
    ("kind", "kind", "string"),
    ("w", "w", "double"),
    ("h", "h", "double"),
    ("x", "x", "double"),
    ("y", "y", "double"),
    ("fixed", "fixed", "boolean"),
    ("weight", "weight", "double"),
    ("degree", "degree", "int"),
    ("driver", "driver", "boolean"),
];

/// Writes a graph: nodes are `n0`, `n1`, …, nets `e0`, `e1`, … with an edge to each of their nodes.
/// Rows beyond the node list are left out.
pub fn write(nodes: &[Node<'_>], nets: &[Net<'_>]) -> Vec<u8> {
    to_bytes(|xml| {
        xml.open("graphml", &[("xmlns", "http://graphml.graphdrawing.org/xmlns")])?;
        for (id, name, kind) in KEYS {
            let domain = if id == "driver" { "edge" } else { "node" };
            let attributes =
                [("id", id), ("for", domain), ("attr.name", name), ("attr.type", kind)];
            xml.empty("key", &attributes)?;
        }
        xml.open("graph", &[("id", "netlist"), ("edgedefault", "undirected")])?;
        for (row, node) in nodes.iter().enumerate() {
            write_node(xml, row, node)?;
        }
        for (row, net) in nets.iter().enumerate() {
            write_net(xml, row, net, nodes.len())?;
        }
        xml.close("graph")?;
        xml.close("graphml")
    })
}

fn data(xml: &mut Xml, key: &str, value: &str) -> io::Result<()> {
    xml.text_with("data", &[("key", key)], value)
}

fn write_node(xml: &mut Xml, row: usize, node: &Node<'_>) -> io::Result<()> {
    xml.open("node", &[("id", &format!("n{row}"))])?;
    data(xml, "name", node.name)?;
    data(xml, "kind", node.kind)?;
    for (key, value) in [("w", node.width), ("h", node.height), ("x", node.x), ("y", node.y)] {
        data(xml, key, &value.to_string())?;
    }
    data(xml, "fixed", if node.fixed { "true" } else { "false" })?;
    xml.close("node")
}

fn write_net(xml: &mut Xml, row: usize, net: &Net<'_>, n_nodes: usize) -> io::Result<()> {
    let id = format!("e{row}");
    xml.open("node", &[("id", &id)])?;
    data(xml, "kind", "net")?;
    data(xml, "weight", &net.weight.to_string())?;
    data(xml, "degree", &net.nodes.len().to_string())?;
    xml.close("node")?;
    for (k, node) in net.nodes.iter().enumerate().filter(|(_, node)| **node < n_nodes) {
        let target = format!("n{node}");
        xml.open("edge", &[("source", &id), ("target", &target)])?;
        data(xml, "driver", if k == 0 { "true" } else { "false" })?;
        xml.close("edge")?;
    }
    Ok(())
}
