#!/usr/bin/env python3
"""Makes first inputs for the fuzz targets of the readers.

Usage: seeds.py OUT [FOLDER...]

Writes OUT/<target>/ for every reader: small texts of each format, and what the folders hold of them
up to 64 kB, packed files unpacked. Texts that a target takes together are joined by lines of `%%`.
Then, for example: cargo +nightly fuzz run lef OUT/lef -- -dict=dictionaries/lef.dict
"""

import gzip
import hashlib
import lzma
import pathlib
import sys

MOST = 65_536
# Unpacking is slow; small files reach as much of it.
MOST_PACKED = 4_096
SMALL_WINDOW = [{"id": lzma.FILTER_LZMA2, "dict_size": 4096}]
LEF = """VERSION 5.8 ;
UNITS
 DATABASE MICRONS 1000 ;
END UNITS
MANUFACTURINGGRID 0.005 ;
LAYER m1 TYPE ROUTING ; DIRECTION VERTICAL ; PITCH 0.2 ; WIDTH 0.1 ; END m1
SITE core CLASS CORE ; SIZE 1 BY 2 ; END core
MACRO i CLASS CORE ; ORIGIN 0 0 ; SIZE 1 BY 2 ; SYMMETRY X Y ;
 PIN a DIRECTION INPUT ; PORT LAYER m1 ; RECT 0 0 0.1 0.1 ; END END a
 PIN y DIRECTION OUTPUT ; USE SIGNAL ; PORT LAYER m1 ; POLYGON 0 0 1 0 1 1 ; END END y
END i
MACRO ram CLASS BLOCK ; SIZE 40 BY 20 ; PIN q[0] DIRECTION OUTPUT ; END q[0]
 OBS LAYER m1 ; RECT MASK 1 0 0 40 20 ; END
END ram
END LIBRARY
"""
DEF = """VERSION 5.8 ;
DESIGN t ;
UNITS DISTANCE MICRONS 1000 ;
DIEAREA ( -10000 0 ) ( 90000 90000 ) ;
ROW r core 0 0 N DO 50 BY 1 STEP 1000 0 ;
TRACKS X 100 DO 90 STEP 200 LAYER m1 ;
COMPONENTS 3 ;
- u1 i + PLACED ( 1000 2000 ) FS ;
- u2 i + SOURCE DIST ;
- m/ram ram + FIXED ( 20000 30000 ) W + HALO 100 200 300 400 ;
END COMPONENTS
PINS 1 ;
- in + NET n + DIRECTION INPUT + USE SIGNAL + LAYER m1 ( -70 0 ) ( 70 140 ) + PLACED ( 0 500 ) N ;
END PINS
BLOCKAGES 2 ;
- PLACEMENT + SOFT RECT ( 0 0 ) ( 500 500 ) ;
- LAYER m1 POLYGON ( 0 0 ) ( 0 5 ) ( 5 * ) ;
END BLOCKAGES
REGIONS 1 ;
- area ( 0 0 ) ( 9000 9000 ) + TYPE FENCE ;
END REGIONS
GROUPS 1 ;
- g u* + REGION area ;
END GROUPS
NETS 2 ;
- n ( PIN in ) ( u1 a ) ( u2 a ) + USE SIGNAL + WEIGHT 3 ;
- m ( m/ram q[0] ) ( u1 y ) + ROUTED m1 ( 0 0 ) ( * 9 ) ;
END NETS
END DESIGN
"""
NODE = 'node {{\n  name: "{}"\n{}}}\n'
ATTR = '  attr {{\n    key: "{}"\n    value {{\n      {}: {}\n    }}\n  }}\n'


def node(name, kind, sinks=(), **numbers):
    inputs = "".join(f'  input: "{sink}"\n' for sink in sinks)
    parts = [ATTR.format("type", "placeholder", f'"{kind}"')]
    for key, value in numbers.items():
        text = isinstance(value, str)
        parts.append(ATTR.format(key, "placeholder" if text else "f", f'"{value}"' if text else value))
    return NODE.format(name, inputs + "".join(parts))


PBTXT = (
    node("__metadata__", "x", soft_macro_area_bloating_ratio=1.5).replace('"x"', '"macro"')
    + node("p", "PORT", ["m/a", "Grp_1/in"], side="LEFT", x=0, y=3.5)
    + node("m", "MACRO", width=4, height=2, x=5, y=6, orientation="FN", ref_name="ram")
    + node("m/a", "MACRO_PIN", macro_name="m", x_offset=-1, y_offset=0.5)
    + node("m/y", "MACRO_PIN", ["c"], macro_name="m", x_offset=1, y_offset=0, weight=2)
    + node("Grp_1", "MACRO", width=3, height=3, x=2, y=2)
    + node("Grp_1/in", "MACRO_PIN", macro_name="Grp_1", x_offset=0, y_offset=0)
    + node("c", "STDCELL", ["m/a"], width=1, height=1)
)
PLC = """# Columns : 4  Rows : 5
# Congestion Columns : 3  Congestion Rows : 3
# Width : 90.5  Height : 80
# Routes per micron, hor : 11.285  ver : 12.605
# Routes used by macros, hor : 7.143  ver : 8.339
# Smoothing factor : 2
# Overlap threshold : 0.004
# Block : b
# Blockage : 0 0 10.5 20 0.5
0 0 1.5 - 0
24 30.25 40 FS 1
25 1 2 E 0
"""
BOOKSHELF = [
    "UCLA nodes 1.0\nNumNodes : 4\nNumTerminals : 1\n a 4 1\n b 2 1\n m 9 8\n p 1 1 terminal\n",
    "UCLA nets 1.0\nNumNets : 2\nNumPins : 5\nNetDegree : 3 n0\n a O : 2 0\n b I : -0.5 0\n p B\n"
    "NetDegree : 2\n m O\n a I : 1 0.5\n",
    "UCLA pl 1.0\na 3 4 : N\nb 7 4 : FS\nm 10 9 : W /FIXED\np -1 9 : N /FIXED_NI\n",
    "UCLA scl 1.0\nNumRows : 1\nCoreRow Horizontal\n Coordinate : 0\n Height : 1\n Sitewidth : 1\n"
    " Sitespacing : 1\n Siteorient : N\n Sitesymmetry : Y\n SubrowOrigin : 0 NumSites : 30\nEnd\n",
    "UCLA wts 1.0\nn0 2\n",
]
GSRC = [
    "UCSC blocks 1.0\nNumSoftRectangularBlocks : 1\nNumHardRectilinearBlocks : 1\nNumTerminals : 1\n"
    "a hardrectilinear 4 (0, 0) (0, 2) (4, 2) (4, 0)\nb softrectangular 9 0.3 3\np terminal\n",
    "UCLA nets 1.0\nNumNets : 1\nNumPins : 3\nNetDegree : 3\na B : %50 %0\nb B\np B\n",
    "UCLA pl 1.0\na 1 2 : FW\nb 5 5 DIMS = (3, 3) : N\np 0 9\n",
]
VERILOG = """`timescale 1ns/1ps
module sub (input a, output [1:0] y);
  BUF #(.P(1)) u0 (.A(a), .Y(y[0]));
  (* keep *) INV \\esc[1] (.A(a), .Y(y[1]));
endmodule
module top (in, out);
  input in; output [3:0] out; wire w, \\x.y ; supply0 gnd;
  sub s0 (.a(in), .y(out[1:0]));
  sub s1 (w, out[3:2]);
  assign w = in; assign \\x.y = 1'b0;
  ram m (.D({in, w, 2'b10}), .Q());
endmodule
"""
YAL = """/* two blocks */
MODULE a;
 TYPE GENERAL;
 DIMENSIONS 4 0 4 2 0 2 0 0;
 IOLIST;
  p O 4 1 1 METAL2;
  v PWR 0 0 1 METAL2 CURRENT 1 VOLTAGE 2;
  q I 0 1 1 METAL2;
 ENDIOLIST;
ENDMODULE;
MODULE top;
 TYPE PARENT;
 DIMENSIONS 10 5 10 25 -10 25 -10 5;
 IOLIST;
  in PI -10 15 1 M;
 ENDIOLIST;
 NETWORK;
  a1 a n VDD in;
  a2 a m VDD n;
 ENDNETWORK;
ENDMODULE;
"""
HGR = "% a graph\n3 4 11\n5 1 2\n1 2 3 4\n7 4\n2\n3\n4\n1\n"
AUX = "RowBasedPlacement : a.nodes a.nets a.wts a.pl a.scl\n"
JOIN = "%%\n"
OWN = {
    "pbtxt": [PBTXT],
    "plc": [PLC],
    "lef": [LEF],
    "def": [LEF + JOIN + DEF],
    "bookshelf": [JOIN.join(BOOKSHELF)],
    "aux": [AUX],
    "gsrc": [JOIN.join(GSRC)],
    "hgr": [HGR, "2 4294967295\n1 2\n3 1\n"],
    "verilog": [VERILOG, VERILOG + JOIN + DEF.replace("DESIGN t", "DESIGN top")],
    "yal": [YAL],
    "groups": ["0\n-1\n7\n4294967295\n"],
    "packed": [gzip.compress(b"a" * 5000), lzma.compress(b"some text " * 500, filters=SMALL_WINDOW)],
    "open": [
        PBTXT,
        LEF + JOIN + DEF,
        LEF + JOIN + VERILOG,
        JOIN.join(BOOKSHELF),
        JOIN.join(GSRC),
        HGR,
        YAL,
    ],
}


class Seeds:
    def __init__(self, out):
        self.out = pathlib.Path(out)
        self.n = 0

    def add(self, target, data):
        data = data if isinstance(data, bytes) else data.encode()
        if len(data) > MOST:
            return
        folder = self.out / target
        folder.mkdir(parents=True, exist_ok=True)
        (folder / hashlib.sha1(data).hexdigest()).write_bytes(data)
        self.n += 1


def unpacked(path):
    data = path.read_bytes()
    if path.suffix == ".gz":
        return gzip.decompress(data)
    return lzma.decompress(data) if path.suffix == ".xz" else data


def beside(path, plain, *endings):
    """The file and those with its stem and other endings, joined."""
    stem = plain[: plain.rindex(".")]
    texts = [unpacked(path)]
    for ending in endings:
        found = [path.with_name(stem + ending + packer) for packer in ("", ".gz", ".xz")]
        texts.append(next((unpacked(file) for file in found if file.exists()), b""))
    return JOIN.encode().join(texts)


def found(folder, seeds):
    for path in sorted(pathlib.Path(folder).rglob("*")):
        if not path.is_file() or path.stat().st_size > MOST:
            continue
        plain = path.name.removesuffix(".gz").removesuffix(".xz")
        kind = plain.rsplit(".", 1)[-1]
        if plain != path.name and path.stat().st_size <= MOST_PACKED and path.suffix == ".gz":
            seeds.add("packed", path.read_bytes())
        if plain.endswith(".pb.txt"):
            seeds.add("pbtxt", unpacked(path))
        elif kind in ("plc", "lef", "hgr", "yal", "aux"):
            seeds.add(kind, unpacked(path))
        elif kind == "def":
            seeds.add("def", LEF.encode() + JOIN.encode() + unpacked(path))
        elif kind == "v":
            seeds.add("verilog", unpacked(path))
        elif kind == "nodes":
            seeds.add("bookshelf", beside(path, plain, ".nets", ".pl", ".scl", ".wts"))
        elif kind == "blocks":
            seeds.add("gsrc", beside(path, plain, ".nets", ".pl"))
        elif "." not in plain and unpacked(path).lstrip().startswith(b"MODULE"):
            seeds.add("yal", unpacked(path))


def main(out, *folders):
    seeds = Seeds(out)
    for target, texts in OWN.items():
        for text in texts:
            seeds.add(target, text)
    for folder in folders:
        found(folder, seeds)
    print(f"{seeds.n} inputs in {out}")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(*sys.argv[1:])
