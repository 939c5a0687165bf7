use super::*;
use crate::Severity;

const TEXT: &str = "`timescale 1ns/1ps\n// two levels\nmodule pair (input [1:0] d, output y);\n\
    wire n; /* inner */\n AND2 g (.A(d[1]), .B(d[0]), .Z(n));\n assign y = n;\nendmodule\n\
    module \\top+1 (a, b, z);\n input [1:0] a; input b; output z;\n wire [3:0] w;\n\
    (* keep *) RAM #(.W(4)) \\m[0] (.D({a, 1'b0, b}), .Q(w), .E());\n\
    pair p (.d(w[2:1]), .y(z)), q (w[1:0], w[3]);\nendmodule\n";

fn circuit(text: &str) -> Circuit<'_> {
    let (circuit, diagnostics) = read(text.as_bytes(), None);
    circuit.unwrap_or_else(|| panic!("{diagnostics:?}"))
}

fn ends(circuit: &Circuit<'_>, net: &str) -> Vec<String> {
    let net = circuit.nets.iter().find(|own| own.name == net).unwrap();
    let text = |end: &End<'_>| match end {
        End::Pin(instance, pin) => format!("{}:{pin}", circuit.instances[*instance as usize].name),
        End::Port(port) => circuit.ports[*port as usize].name.clone(),
    };
    circuit.ends[net.ends.clone()].iter().map(text).collect()
}

#[test]
fn hierarchy_buses_and_escaped_names_become_flat() {
    let circuit = circuit(TEXT);
    assert_eq!(circuit.name, "top+1");
    let names: Vec<&str> = circuit.instances.iter().map(|i| i.name.as_str()).collect();
    assert_eq!(names, ["m[0]", "p/g", "q/g"]);
    let ports: Vec<&str> = circuit.ports.iter().map(|port| port.name.as_str()).collect();
    assert_eq!(ports, ["a[1]", "a[0]", "b", "z"]);
    // {a, 1'b0, b} puts b at the lowest bit of D and leaves bit 1 without a net.
    assert_eq!(ends(&circuit, "b"), ["b", "m[0]:D[0]"]);
    assert_eq!(ends(&circuit, "a[0]"), ["a[0]", "m[0]:D[2]"]);
    assert_eq!(ends(&circuit, "w[1]"), ["m[0]:Q[1]", "p/g:B", "q/g:A"]);
    assert_eq!(ends(&circuit, "z"), ["z", "p/g:Z"]);
    assert_eq!(ends(&circuit, "w[3]"), ["m[0]:Q[3]", "q/g:Z"]);
}

#[test]
fn replications_repeat_their_bits() {
    let text = "module t (a, b); input a, b;\n\
        RAM r (.D({3{a}}), .E({2{b, {2{a}}}, 1'b0, {0{b}}})); endmodule";
    let circuit = circuit(text);
    let expected = ["a", "r:D[2]", "r:D[1]", "r:D[0]", "r:E[5]", "r:E[4]", "r:E[2]", "r:E[1]"];
    assert_eq!(ends(&circuit, "a"), expected);
    assert_eq!(ends(&circuit, "b"), ["b", "r:E[6]", "r:E[3]"]);
}

#[test]
fn comments_and_strings_may_be_in_any_encoding() {
    let noted = TEXT.replace("/* inner */", "/* \u{e9} */ parameter by = \"\u{e9}\"; // \u{e9}\n");
    let latin = crate::words::latin1(&noted);
    let marked = [crate::BYTE_ORDER_MARK, TEXT.as_bytes()].concat();
    for text in [latin, marked] {
        let circuit = read(&text, None).0.unwrap();
        assert_eq!(circuit.instances.len(), 3);
    }
    for (name, column) in [("\\r\u{e9} ", 15), ("r\u{e9}", 14)] {
        let text = crate::words::latin1(&format!("module a; I {name} (); endmodule"));
        let (circuit, diagnostics) = read(&text, None);
        assert!(circuit.is_none());
        assert_eq!((diagnostics[0].line, diagnostics[0].column), (1, column), "{diagnostics:?}");
    }
}

#[test]
fn what_is_no_netlist_is_refused_with_its_place() {
    let cases = [
        ("module a; always @(posedge c) q <= d; endmodule", (1, 11), "behaviour"),
        ("module a;\n INV u (n1);\nendmodule", (2, 2), "order"),
        ("module a; INV u (.A(x)", (1, 23), "the end of the file"),
        ("module a; endmodule module b; endmodule", (1, 21), "used by no other"),
        ("module a; b u (.x(n)); endmodule module b (y); endmodule", (1, 11), "no port \"x\""),
        ("module a; wire [99999999:0] w; endmodule", (1, 27), "bits"),
        ("module a; a u (); endmodule module t; a v (); endmodule", (1, 1), "deep"),
        ("module a; I u (.A({2'b1{n}})); endmodule", (1, 20), "a whole number"),
        ("module a; I u (.A({99999{n}})); endmodule", (1, 20), "at most 65536"),
        ("module a; I u (.A({60000{{60000{n}}}})); endmodule", (1, 1), "more instances"),
        ("hello", (1, 1), "expected module"),
        ("", (1, 1), "no module"),
    ];
    for (text, (line, column), message) in cases {
        let (circuit, diagnostics) = read(text.as_bytes(), None);
        assert!(circuit.is_none(), "{text}");
        let error = diagnostics.iter().find(|d| d.severity == Severity::Error).unwrap();
        assert!(error.message.contains(message), "{text}: {error}");
        assert_eq!((error.line, error.column), (line, column), "{text}: {error}");
    }
}

#[test]
fn modules_within_modules_do_not_explode() {
    let mut text = String::from("module m0 (a); input a; BUF u (.A(a)); endmodule\n");
    for level in 1..40 {
        let inner = level - 1;
        text +=
            &format!("module m{level} (a); input a; m{inner} x (a); m{inner} y (a); endmodule\n");
    }
    let (circuit, diagnostics) = read(text.as_bytes(), None);
    assert!(circuit.is_none());
    assert!(diagnostics.iter().any(|d| d.message.contains("more instances")), "{diagnostics:?}");
}

#[test]
fn every_cut_is_an_error() {
    for end in 0..TEXT.trim_end().len() {
        let (circuit, diagnostics) = read(&TEXT.as_bytes()[..end], None);
        // A cut between the two modules leaves the first.
        let whole = TEXT[..end].trim_end().ends_with("endmodule");
        assert_eq!(circuit.is_some(), whole, "{end}: {diagnostics:?}");
    }
}

proptest::proptest! {
    #[test]
    fn any_words_give_diagnostics(words in proptest::collection::vec(
        proptest::sample::select(vec!["module", "a", "(", ")", ";", ".", "[", "]", "3", ":", "{",
            "}", ",", "endmodule", "input", "wire", "assign", "=", "\\x ", "1'b0", "2{", "#", "\""]), 0..60)) {
        let text = words.join(" ");
        let (circuit, diagnostics) = read(text.as_bytes(), None);
        proptest::prop_assert!(circuit.is_some() || !diagnostics.is_empty());
    }
}
