#!/usr/bin/env python3
"""Drives `flagstone plc-server` through a whole episode, as circuit_training's client does.

    plc_client.py --server "flagstone plc-server" --netlist NETLIST [--plc PLACEMENT] [--soft-steps N]
                  [--evaluate "flagstone eval"]

Restores the placement, unplaces everything, asks for the mask of every hard macro in order of
falling area and places it on a legal cell, places the standard cells, reads the costs, saves, and
reads the saved file back. With --evaluate the costs over the socket must equal those of the command
on the saved file to the last digit. Needs nothing but Python's standard library. Exits with 0 if all
is well.
"""

import argparse
import json
import math
import os
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import time


class PlcClient:
    """The client's side of the wire: methods in snake_case become requests in PascalCase."""

    def __init__(self, command, netlist, spacing=(0.1, 0.1)):
        self.folder = tempfile.TemporaryDirectory()
        address = os.path.join(self.folder.name, "plc.sock")
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(address)
        listener.listen(1)
        listener.settimeout(60)
        self.process = subprocess.Popen(
            shlex.split(command)
            + ["--uid=", "--gid=", f"--pipe_address={address}", f"--netlist_file={netlist}",
               f"--macro_macro_x_spacing={spacing[0]}", f"--macro_macro_y_spacing={spacing[1]}"])
        self.connection, _ = listener.accept()
        self.connection.settimeout(600)
        listener.close()

    def request(self, payload):
        """Sends bytes and reads until what came back is one JSON value."""
        self.connection.sendall(payload)
        answer = b""
        while True:
            part = self.connection.recv(1 << 20)
            if not part:
                raise ConnectionError("the server closed the connection")
            answer += part
            try:
                value = json.loads(answer)
            except json.JSONDecodeError:
                continue
            if isinstance(value, dict) and value.get("ok") is False:
                raise ValueError(value["message"])
            if isinstance(value, dict) and "__tuple__" in value:
                return tuple(value["items"])
            return value

    def __getattr__(self, name):
        pascal = "".join(word.capitalize() for word in name.split("_"))

        def method(*args):
            return self.request(json.dumps({"name": pascal, "args": args}).encode())

        return method

    def close(self):
        self.connection.close()
        code = self.process.wait(timeout=60)
        self.folder.cleanup()
        return code


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


def expect_refused(plc, what, payload):
    try:
        plc.request(payload)
    except ValueError as refusal:
        expect(str(refusal), f"{what}: an empty message")
    else:
        raise AssertionError(f"{what} was not refused")


def costs(plc):
    return plc.get_cost(), plc.get_congestion_cost(), plc.get_density_cost()


def episode(plc, placement, soft_steps):
    """Places every macro; returns the costs before and after, and the number of hard macros."""
    if placement:
        plc.set_routes_per_micron(70.33, 74.51)
        plc.set_macro_routing_allocation(51.79, 51.79)
        plc.set_congestion_smooth_range(2.0)
        plc.set_canvas_boundary_check(False)
        plc.restore_placement(placement)
        expect(plc.get_routes_per_micron() == (70.33, 74.51), "routes set before restoring stay")
    before = costs(plc)
    macros = plc.get_macro_indices()
    hard = [node for node in macros if not plc.is_node_soft_macro(node)]
    hard.sort(key=lambda node: -math.prod(plc.get_node_width_height(node)))
    columns, rows = plc.get_grid_num_columns_rows()
    plc.unplace_all_nodes()
    fixed = [node for node in macros if plc.is_node_fixed(node)]
    expect(not any(plc.is_node_placed(node) for node in macros if node not in fixed), "all unplaced")
    for node in hard:
        if node in fixed:
            continue
        mask = plc.get_node_mask(node)
        expect(len(mask) == columns * rows, "one mask entry for every cell")
        legal = [cell for cell, free in enumerate(mask) if free]
        expect(legal, f"no room for {plc.get_node_name(node)}")
        cell = legal[0]
        expect(plc.can_place_node(node, cell), "a legal cell can be used")
        plc.place_node(node, cell)
        expect(plc.get_grid_cell_of_node(node) == cell, "the node is where it was placed")
    width, height = plc.get_canvas_width_height()
    reach = max(width, height) / max(soft_steps, 1)
    plc.optimize_stdcells(False, True, False, False, False, 1.0, [soft_steps] * 3, [reach] * 3,
                          [100.0, 1e-3, 1e-5], [0.0, 1e6, 1e7])
    expect(all(plc.is_node_placed(node) for node in macros), "all placed")
    return before, costs(plc), len(hard)


def check_evaluation(command, netlist, path, found):
    """The command line, on the saved file and by the rules of the binary, finds the same costs."""
    arguments = [netlist, "--plc", path, "--rules", "google", "--json"]
    run = subprocess.run(shlex.split(command) + arguments, stdout=subprocess.PIPE, check=True)
    cost = json.loads(run.stdout)["cost"]
    for name, over_socket in zip(("wirelength", "congestion", "density"), found):
        print(f"{name:<10}  socket {over_socket!r}  file {cost[name]!r}")
        expect(cost[name] == over_socket, f"{name}: {over_socket!r} over the socket, {cost[name]!r}")


def check_saving(plc, folder):
    """A saved file brings everything back; returns its path."""
    path = os.path.join(folder, "saved.plc")
    macros = plc.get_macro_indices()
    locations, found = plc.get_node_locations(macros), costs(plc)
    plc.save_placement(path, "an episode\nof the test client")
    plc.update_node_coords(macros[0], 0.0, 0.0)
    plc.restore_placement(path)
    expect(plc.get_node_locations(macros) == locations, "locations survive saving")
    expect(costs(plc) == found, "costs survive saving")
    for tool in ("dct", "innovus", "icc2"):
        plc.save_placement_pnr(os.path.join(folder, f"{tool}.tcl"), "", "", tool, "test")
    return path


def check_refusals(plc):
    """Nonsense is refused with a message, and the connection stays open."""
    expect_refused(plc, "an unknown method", b'{"name": "MakeCoffee", "args": []}')
    expect_refused(plc, "too few arguments", b'{"name": "GetNodeMask", "args": []}')
    expect_refused(plc, "a node out of range", b'{"name": "GetNodeLocation", "args": [1000000000]}')
    expect_refused(plc, "malformed JSON", b'{"name" "GetCost"}')
    expect(plc.get_node_type(plc.num_nodes()) == "", "clients count up to an empty type")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--server", required=True, help="command that starts the server")
    parser.add_argument("--netlist", required=True)
    parser.add_argument("--plc", help="initial placement")
    parser.add_argument("--soft-steps", type=int, default=100)
    parser.add_argument("--evaluate", help="command that computes the costs of a saved placement")
    options = parser.parse_args()
    plc = PlcClient(options.server, options.netlist)
    try:
        start = time.monotonic()
        before, after, n_hard = episode(plc, options.plc, options.soft_steps)
        seconds = time.monotonic() - start
        with tempfile.TemporaryDirectory() as folder:
            path = check_saving(plc, folder)
            if options.evaluate:
                check_evaluation(options.evaluate, options.netlist, path, costs(plc))
        check_refusals(plc)
        n_macros = len(plc.get_macro_indices())
        expect(len(plc.get_macro_adjacency()) == n_macros**2, "a square adjacency matrix")
        code = plc.close()
        expect(code == 0, f"the server exited with {code}")
    finally:
        if plc.process.poll() is None:
            plc.process.send_signal(signal.SIGKILL)
    print(f"{n_hard} hard macros placed in {seconds:.2f} s")
    for label, values in (("before", before), ("after", after)):
        terms = zip(("wirelength", "congestion", "density"), values)
        print(label.ljust(7), "  ".join(f"{name} {value:.4f}" for name, value in terms))
    return 0


if __name__ == "__main__":
    sys.exit(main())
