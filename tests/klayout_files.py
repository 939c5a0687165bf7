#!/usr/bin/env python3
"""Opens our DEF, .lyrdb and .lyimg with KLayout itself and checks boxes and coordinates by number.

Usage: klayout_files.py FLAGSTONE

Needs the `klayout` package; without it the script says so and ends with success. FLAGSTONE is the
built binary.
"""

import csv
import json
import pathlib
import subprocess
import sys
import tempfile

try:
    import klayout.db as db
    import klayout.lay as lay
    import klayout.rdb as rdb
except ImportError:
    print("skipped: the klayout package is not installed")
    sys.exit(0)

LEF = """VERSION 5.8 ;
UNITS DATABASE MICRONS 1000 ; END UNITS
MANUFACTURINGGRID 0.005 ;
LAYER m1 TYPE ROUTING ; DIRECTION HORIZONTAL ; PITCH 0.5 ; WIDTH 0.2 ; END m1
SITE core CLASS CORE ; SIZE 1 BY 2 ; END core
MACRO ram CLASS BLOCK ; ORIGIN 0 0 ; SIZE 20 BY 10 ;
  PIN q DIRECTION OUTPUT ; PORT LAYER m1 ; RECT 0 0 1 1 ; END END q
  OBS LAYER m1 ; RECT 0 0 20 10 ; END
END ram
MACRO inv CLASS CORE ; ORIGIN 0 0 ; SIZE 1 BY 2 ; SITE core ;
  PIN a DIRECTION INPUT ; PORT LAYER m1 ; RECT 0 0 1 1 ; END END a
END inv
END LIBRARY
"""

# name, x, y, orientation: lower left corners in µm; two overlap, one hangs over the left border.
MACROS = [
    ("u\\[0\\]/r", 10.0, 40.0, "N"),
    ("b", 25.0, 45.0, "FS"),
    ("c", -8.0, 80.0, "W"),
    ("d", 60.0, 30.0, "FE"),
]
DIE = (-5.0, 20.0, 95.0, 100.0)


def def_text():
    rows = [
        f"- {name} ram + PLACED ( {round(x * 1000)} {round(y * 1000)} ) {o} ;"
        for name, x, y, o in MACROS
    ]
    x0, y0, x1, y1 = (round(v * 1000) for v in DIE)
    return "\n".join(
        [
            "VERSION 5.8 ;",
            'DIVIDERCHAR "/" ;',
            'BUSBITCHARS "[]" ;',
            "DESIGN top ;",
            "UNITS DISTANCE MICRONS 1000 ;",
            f"DIEAREA ( {x0} {y0} ) ( {x1} {y1} ) ;",
            f"COMPONENTS {len(MACROS) + 1} ;",
            *rows,
            "- i inv + PLACED ( 0 30000 ) N ;",
            "END COMPONENTS",
            "NETS 1 ;",
            "- n ( u\\[0\\]/r q ) ( i a ) ;",
            "END NETS",
            "END DESIGN",
            "",
        ]
    )


def near(a, b, what):
    if len(a) != len(b) or any(abs(p - q) > 1e-6 for p, q in zip(a, b)):
        sys.exit(f"{what}: found {a}, expected {b}")


def box(name, x, y, orientation):
    w, h = (10.0, 20.0) if "W" in orientation or "E" in orientation else (20.0, 10.0)
    return x, y, x + w, y + h


def corners(shape):
    return shape.left, shape.bottom, shape.right, shape.top


def check_def(folder):
    options = db.LoadLayoutOptions()
    options.lefdef_config.lef_files = [str(folder / "cells.lef")]
    options.lefdef_config.read_lef_with_def = False
    layout = db.Layout()
    layout.read(str(folder / "out.def"), options)
    top = layout.cell("top")
    outline = [i for i in layout.layer_indexes() if layout.get_info(i).name == "OUTLINE"]
    found = {}
    for instance in top.each_inst():
        name = instance.property("inst_name") or instance.property(1)
        cell = layout.cell(instance.cell_index)
        frame = cell.dbbox_per_layer(outline[0]) if outline else cell.dbbox()
        found.setdefault(cell.name, []).append((name, corners(instance.dtrans * frame)))
    boxes = sorted(corners_ for _, corners_ in found["ram"])
    expected = sorted(box(*row) for row in MACROS)
    for a, b in zip(boxes, expected, strict=True):
        near(a, b, "macro in DEF")
    if outline:
        die = [corners(s.dbbox()) for s in top.shapes(outline[0]).each()]
        near(die[0], DIE, "die")
    return len(boxes)


def check_lyrdb(folder):
    report = rdb.ReportDatabase("check")
    report.load(str(folder / "out.lyrdb"))
    if report.top_cell_name != "top":
        sys.exit(f"top cell is {report.top_cell_name!r}")

    def items(category):
        found = report.category_by_path(category)
        return list(report.each_item_per_category(found.rdb_id()))

    (overlap,) = items("overlap")
    values = list(overlap.each_value())
    near(corners(values[0].box()), (25.0, 45.0, 30.0, 50.0), "overlap")
    if values[1].string() != "u\\[0\\]/r and b":
        sys.exit(f"names of the overlap: {values[1].string()!r}")
    near((values[2].float(),), (25.0,), "area of the overlap")
    (outside,) = items("outside_canvas")
    values = list(outside.each_value())
    near(corners(values[0].box()), (-8.0, 80.0, 2.0, 100.0), "macro off the canvas")
    near((values[2].float(),), (3.0,), "overhang")
    (net,) = items("wirelength")
    edge = list(net.each_value())[0].edge()
    near((edge.x1, edge.y1, edge.x2, edge.y2), (10.5, 40.5, 0.5, 31.0), "longest net")
    return report.num_items()


def check_lyimg(folder):
    image = lay.Image.read(str(folder / "out.lyimg"))
    matrix, w, h = image.matrix, image.width(), image.height()
    half_x, half_y = matrix.m(0, 0) * w / 2, matrix.m(1, 1) * h / 2
    x, y = matrix.m(0, 2), matrix.m(1, 2)
    near((x - half_x, y - half_y, x + half_x, y + half_y), DIE, "area of the image")
    with open(folder / "out.csv", encoding="utf-8") as file:
        lines = [line for line in file if not line.startswith("#")]
    rows = list(csv.DictReader(lines))
    columns = image.width()
    if columns * image.height() != len(rows):
        sys.exit(f"image of {columns} x {image.height()}, table of {len(rows)} cells")
    for k, row in enumerate(rows):
        pixel = image.get_pixel(k % columns, k // columns)
        if abs(pixel - float(row["value"])) > 1e-5 * max(1.0, abs(pixel)):
            sys.exit(f"pixel {k}: {pixel}, table: {row['value']}")
    return len(rows)


def main(binary):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "cells.lef").write_text(LEF, encoding="utf-8")
        (folder / "top.def").write_text(def_text(), encoding="utf-8")
        inputs = [str(folder / "cells.lef"), str(folder / "top.def")]
        for ending in ["def", "lyrdb", "lyimg", "csv", "json"]:
            out = str(folder / f"out.{ending}")
            command = [binary, "--quiet", "convert", *inputs, "--out", out]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        report = json.loads((folder / "out.json").read_text(encoding="utf-8"))
        if report["hard_macros"] != len(MACROS):
            sys.exit(f"{report['hard_macros']} hard macros, expected {len(MACROS)}")
        n_boxes = check_def(folder)
        n_items = check_lyrdb(folder)
        n_pixels = check_lyimg(folder)
    print(f"KLayout {db.__version__}: {n_boxes} boxes, {n_items} markers, {n_pixels} pixels agree")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
