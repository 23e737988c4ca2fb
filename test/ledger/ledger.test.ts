import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { LockHeld, lock } from "../../provider/files/lock";
import { Ledger, readLedger } from "../../provider/ledger/ledger";
import type { LineOf } from "../../provider/ledger/line";
import { readPlace } from "../../provider/ledger/place";
import { readLines } from "../../provider/ledger/readLines";
import { temporaryFolder } from "../temporaryFolder";

const at = "2026-11-29T10:00:00.000Z";
const proved = (run: string, step: number): LineOf<"stepProved"> => ({
	version: 1,
	run,
	at,
	kind: "stepProved",
	step,
	of: 50,
	seen: "Suspended",
	durationMs: 1,
});

test("several that write one file at a time: every line is whole, those of each in their order", async () => {
	const place = readPlace(join(temporaryFolder("ledger"), "ledger.jsonl"));
	const writers = ["a", "b", "c"].map((name) => ({ name, ledger: new Ledger(place, 0) }));
	await Promise.all(
		writers.flatMap(({ name, ledger }) =>
			Array.from({ length: 50 }, (_, index) => ledger.append([proved(name, index + 1)])),
		),
	);
	const { lines, bad } = readLedger(place);
	expect(bad).toEqual([]);
	for (const { name } of writers) {
		const steps = lines.flatMap((line) => (line.kind === "stepProved" && line.run === name ? [line.step] : []));
		expect(steps).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
	}
});

test("who finds the file locked waits: half a line of somebody else stays one line", async () => {
	const path = join(temporaryFolder("ledger"), "ledger.jsonl");
	const release = await lock(`${path}.lock`);
	const text = `${JSON.stringify(proved("other", 1))}\n`;
	writeFileSync(path, text.slice(0, 20));
	const appended = new Ledger(readPlace(path), 0).append([proved("a", 1)]);
	await new Promise((resolve) => setTimeout(resolve, 50));
	appendFileSync(path, text.slice(20));
	release();
	await appended;
	expect(readLedger(readPlace(path))).toMatchObject({ lines: [proved("other", 1), proved("a", 1)], bad: [] });
});

test("what is appended is in the file when it resolves", async () => {
	const path = join(temporaryFolder("ledger"), "ledger.jsonl");
	await new Ledger(readPlace(path), 0).append([proved("a", 1)]);
	expect(readFileSync(path, "utf8")).toBe(`${JSON.stringify(proved("a", 1))}\n`);
});

test("a file that could not be written is written again with the next lines", async () => {
	const path = join(temporaryFolder("ledger"), "folder", "ledger.jsonl");
	const ledger = new Ledger(readPlace(path), 0);
	await expect(ledger.append([proved("a", 1)])).rejects.toThrow("ENOENT");
	mkdirSync(join(path, ".."));
	await ledger.append([proved("a", 2)]);
	expect(readLedger(readPlace(path)).lines).toEqual([proved("a", 2)]);
});

test("a folder is made, those above it are not", async () => {
	const folder = temporaryFolder("ledger");
	await new Ledger(readPlace(`${join(folder, "runs")}/`), 0).append([proved("a", 1)]);
	await new Ledger(readPlace(join(folder, "runs")), 1).append([proved("b", 1)]);
	expect(readLedger(readPlace(join(folder, "runs"))).lines.map(({ run }) => run)).toEqual(["a", "b"]);
	await expect(new Ledger(readPlace(`${join(folder, "share", "runs")}/`), 0).append([proved("a", 1)])).rejects.toThrow(
		"ENOENT",
	);
});

test("a file that exists is one, whatever it is called", () => {
	const path = join(temporaryFolder("ledger"), "journal");
	writeFileSync(path, "");
	expect(readPlace(path)).toEqual({ kind: "file", path });
});

test.each([
	["a kind that is not known", { ...proved("a", 1), kind: "stepLost" }],
	["a field of another type", { ...proved("a", 1), step: "1" }],
	["no version", { run: "a" }],
	["no object", 7],
])("a line of %s is bad and named by its number", (_, value) => {
	const text = [JSON.stringify(proved("a", 1)), "", JSON.stringify(value), JSON.stringify(proved("a", 2)), ""].join(
		"\n",
	);
	const { lines, bad, newer } = readLines(text);
	expect(lines).toEqual([proved("a", 1), proved("a", 2)]);
	expect(bad).toEqual([{ line: 3, what: expect.any(String) }]);
	expect(newer).toBe(0);
});

test("lines of a newer release are counted, whatever is in them", () => {
	const { lines, bad, newer } = readLines('{"version":2,"kind":"somethingElse"}\n');
	expect([lines, bad, newer]).toEqual([[], [], 1]);
});

test("a run as release 0.1.0 wrote it is read by every later one", () => {
	const { lines, bad, newer } = readLines(readFileSync(join(__dirname, "oneRun.jsonl"), "utf8"));
	expect([lines.length, bad, newer]).toEqual([11, [], 0]);
});

test("a lock that is held is told with who holds it", () => {
	const path = join(temporaryFolder("ledger"), "ledger.jsonl.lock");
	writeFileSync(path, "4711");
	expect(new LockHeld(path).message).toContain("process 4711");
});
