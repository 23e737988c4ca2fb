import { expect, test } from "vitest";
import { paintFor } from "../../cli/color";

const terminal = { isTTY: true };

test("a terminal gets colours, a file or a pipe none, nor who asked for none", () => {
	expect(paintFor(terminal, {})("bad", "stop")).toBe("\u001b[31mstop\u001b[39m");
	expect(paintFor({}, {})("bad", "stop")).toBe("stop");
	expect(paintFor(terminal, { NO_COLOR: "1" })("bad", "stop")).toBe("stop");
	expect(paintFor(terminal, { TERM: "dumb" })("bad", "stop")).toBe("stop");
	// Set and empty is not set (no-color.org).
	expect(paintFor(terminal, { NO_COLOR: "" })("bad", "stop")).not.toBe("stop");
});
