#!/usr/bin/env python3
"""Opens hostile inputs of 1 MB in every format: none takes more than 200 MB or a minute.

Usage: reader_memory.py FLAGSTONE [CELLS]

FLAGSTONE is the built binary. A refusal is as good as a result; a crash is not. With a number of
cells one placed DEF of that many cells and nets is opened instead, and its memory told.
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import zlib

SIZE = 1_000_000
MOST_KB = 200_000
MOST_SECONDS = 60
LEF = (
    "VERSION 5.8 ;\nSITE core CLASS CORE ; SIZE 1 BY 2 ; END core\n"
    "MACRO i CLASS CORE ; SIZE 1 BY 2 ; PIN a DIRECTION INPUT ; END a END i\nEND LIBRARY\n"
)
DEF_HEAD = "VERSION 5.8 ;\nDESIGN t ;\nUNITS DISTANCE MICRONS 1000 ;\nDIEAREA ( 0 0 ) ( 9000000 9000000 ) ;\n"


def fill(row, head="", tail=""):
    """Rows, numbered, until the text has its size."""
    rows, length, k = [], 0, 0
    while length < SIZE:
        rows.append(row.replace("@", str(k)))
        length += len(rows[-1])
        k += 1
    return head.replace("@", str(k)) + "".join(rows) + tail


def nested_modules():
    text = "module m0 (a); input a; BUF u (.A(a)); endmodule\n"
    for k in range(1, 60):
        text += f"module m{k} (a); input a; m{k - 1} x (a); m{k - 1} y (a); endmodule\n"
    return text.ljust(SIZE)


def long_names():
    name = "n" * 1000
    text = f"module m0 (a); input a; BUF {name} (.A(a)); endmodule\n"
    for k in range(1, 25):
        text += f"module m{k} (a); input a; m{k - 1} x{name} (a); m{k - 1} y{name} (a); endmodule\n"
    return text.ljust(SIZE)


def wide_buses():
    row = "  wire [65535:0] w@; assign w@ = v;\n"
    return fill(row, "module t;\n  wire [65535:0] v;\n", "endmodule\n")


def packed():
    """Zeros packed to a megabyte: a thousand times as much. The end is missing."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(bytes(SIZE)) for _ in range(1200))[:SIZE]


NETLIST = (
    'node { name: "c" attr { key: "type" value { placeholder: "stdcell" } } '
    'attr { key: "width" value { f: 1 } } attr { key: "height" value { f: 1 } } }\n'
)

CASES = {
    "cells.pb.txt": [
        (
            "a.pb.txt",
            fill(
                'node { name: "@" attr { key: "type" value { placeholder: "stdcell" } } '
                'attr { key: "width" value { f: 1 } } attr { key: "height" value { f: 1 } } }\n'
            ),
        )
    ],
    "empty nodes": [("a.pb.txt", fill('node{name:"@"}\n'))],
    "sinks": [("a.pb.txt", fill(' input:"a"', 'node{name:"a"', "}"))],
    "errors": [("a.pb.txt", fill("x\n"))],
    "lef": [("a.lef", fill("MACRO m@ SIZE 1 BY 1 ; END m@\n")), ("a.def", DEF_HEAD + "END DESIGN\n")],
    "components": [
        ("a.lef", LEF),
        ("a.def", fill("- c@ i ;\n", DEF_HEAD + "COMPONENTS @ ;\n", "END COMPONENTS\nEND DESIGN\n")),
    ],
    "connections": [
        ("a.lef", LEF),
        (
            "a.def",
            fill(
                " (c a)",
                DEF_HEAD + "COMPONENTS 1 ;\n- c i ;\nEND COMPONENTS\nNETS 1 ;\n- n",
                " ;\nEND NETS\nEND DESIGN\n",
            ),
        ),
    ],
    "pins": [
        ("a.lef", LEF),
        ("a.def", fill("- p@ ;\n", DEF_HEAD + "PINS @ ;\n", "END PINS\nEND DESIGN\n")),
    ],
    "tracks": [
        ("a.lef", LEF),
        ("a.def", fill("TRACKS X 0 DO 999999999 STEP 1 ;\n", DEF_HEAD, "END DESIGN\n")),
    ],
    "bookshelf": [
        ("a.aux", "RowBasedPlacement : a.nodes a.nets a.scl\n"),
        ("a.nodes", fill("a@ 1 1\n")),
        ("a.nets", fill("NetDegree:2\na1\na2\n", "NumNets : @\n")),
        ("a.scl", fill("CoreRow H\nHeight:1\nSubrowOrigin:0 NumSites:9\nEnd\n", "NumRows : @\n")),
    ],
    "blocks": [
        ("a.blocks", fill("b@ terminal\n")),
        ("a.nets", fill("NetDegree:2\nb1\nb2\n", "UCLA nets 1.0\n")),
    ],
    "listed": [("a.aux", fill(" a@", "RowBasedPlacement : a.nodes a.nets"))],
    "rows": [("a.pb.txt", NETLIST), ("a.plc", fill("@ 0 0 N 0\n"))],
    "header": [("a.pb.txt", NETLIST), ("a.plc", fill("# Blockage : 0 0 @ 1 1\n"))],
    "packed": [("a.pb.txt.gz", packed())],
    "groups": [("a.pb.txt", NETLIST), ("a.groups", fill("1\n"))],
    "large groups": [("a.pb.txt", NETLIST), ("a.groups", fill("4294967295\n"))],
    "vertices": [("a.hgr", "1 4294967295\n1 2\n".ljust(SIZE, "%"))],
    "hyperedges": [("a.hgr", fill("1 2\n", "@ 2\n"))],
    "nested": [("a.lef", LEF), ("a.v", nested_modules())],
    "names": [("a.lef", LEF), ("a.v", long_names())],
    "buses": [("a.lef", LEF), ("a.v", wide_buses())],
    "instances": [("a.lef", LEF), ("a.v", fill("i u@(.a(n));", "module t;", "endmodule"))],
    "yal": [
        (
            "a.yal",
            fill(
                "u@ i n;",
                "MODULE i;TYPE GENERAL;DIMENSIONS 0 0 1 1;IOLIST;a B 0 0;ENDIOLIST;ENDMODULE;"
                "MODULE t;TYPE PARENT;NETWORK;",
                "ENDNETWORK;ENDMODULE;",
            ),
        )
    ],
}


def run(binary, paths):
    """Exit code, peak memory in kB, seconds of the processor."""
    command = [binary, "--quiet", "info", *paths]
    if paths[-1].endswith(".groups"):
        out = str(pathlib.Path(paths[0]).parent / "clustered")
        command = [binary, "--quiet", "cluster", paths[0], "--groups", paths[1], "--out", out]
    with open(os.devnull, "wb") as nowhere:
        child = subprocess.Popen(command, stdout=nowhere, stderr=nowhere)
        _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return child.returncode, usage.ru_maxrss, usage.ru_utime + usage.ru_stime


def hostile(binary, folder):
    worst = 0
    for case, files in CASES.items():
        paths = []
        for file, text in files:
            path = folder / file
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
            paths.append(str(path))
        paths = paths[:1] if paths[0].endswith((".aux", ".blocks")) else paths
        code, peak, seconds = run(binary, paths)
        worst = max(worst, peak)
        print(f"{case:14} exit {code} {peak / 1000:7.1f} MB {seconds:6.2f} s")
        if code not in (0, 2, 3):
            sys.exit(f"{case}: exit {code}")
        if peak > MOST_KB or seconds > MOST_SECONDS:
            sys.exit(f"{case}: {peak} kB, {seconds} s")
    print(f"worst: {worst / 1000:.1f} MB")


def large(binary, folder, cells):
    """A placed design with one net of three pins for each cell."""
    (folder / "a.lef").write_text(LEF.replace("PIN a", "PIN y DIRECTION OUTPUT ; END y PIN a"))
    path = folder / "a.def"
    side = round(cells**0.5) + 1
    with open(path, "w", encoding="utf-8") as out:
        out.write(DEF_HEAD.replace("9000000 9000000", f"{side * 1500} {side * 3000}"))
        out.write(f"COMPONENTS {cells} ;\n")
        for k in range(cells):
            x, y = k % side * 1500, k // side * 3000
            out.write(f"- core/block{k % 97}/u{k} i + PLACED ( {x} {y} ) N ;\n")
        out.write(f"END COMPONENTS\nNETS {cells} ;\n")
        for k in range(cells):
            a, b = (k * 7 + 131) % cells, (k * 7 + 262) % cells
            ends = f"( core/block{k % 97}/u{k} y ) ( core/block{a % 97}/u{a} a )"
            out.write(f"- core/n{k} {ends} ( core/block{b % 97}/u{b} a ) + USE SIGNAL ;\n")
        out.write("END NETS\nEND DESIGN\n")
    size = path.stat().st_size
    code, peak, seconds = run(binary, [str(folder / "a.lef"), str(path)])
    each = peak * 1024 / cells
    print(f"{cells} cells, {size / 1e6:.0f} MB of DEF: exit {code}, {seconds:.1f} s")
    print(f"peak {peak / 1e6:.2f} GB, {each:.0f} bytes a cell with its net")
    if code != 0 or peak > 4_000_000:
        sys.exit("more than 4 GB, or refused")


def main(binary, cells=None):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        if cells is None:
            hostile(binary, folder)
        else:
            large(binary, folder, int(cells))


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(*sys.argv[1:])
