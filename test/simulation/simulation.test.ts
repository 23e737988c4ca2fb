import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { emptyWorld } from "../../provider/hosts/simulator/world";
import { WorldInMemory } from "../../provider/hosts/simulator/worldStore";
import { drawStory } from "./draw";
import { mutants } from "./mutants";
import { mutated } from "./mutate";
import { play } from "./play";
import { describeFailure, simulate, summary } from "./run";

const command = join(__dirname, "run.ts");

function run(...args: string[]) {
	return spawnSync(process.execPath, ["--import", "tsx", command, ...args], { encoding: "utf8" });
}

describe("nights", () => {
	test("2,000 runs: nothing is lost, sent twice, ended, stuck or unexplained", async () => {
		const told: string[] = [];
		const counts = await simulate(1, 2_000, async (failure) => {
			told.push(await describeFailure(failure));
			return told.length < 3;
		});
		expect(told.join("\n\n")).toBe("");
		expect(summary(2_000, counts)).toBe("2000 runs, 0 lost, 0 sent twice, 0 ended, 0 stuck, 0 unexplained");
	});

	test("a seed is one story, whoever plays it", async () => {
		const [once, again] = [await play(drawStory(8)), await play(drawStory(8))];
		expect(once.transcript.length).toBeGreaterThan(3);
		expect(again).toEqual(once);
	});
});

describe("mutants", () => {
	test("each is text that stands once in the package", () => {
		expect(mutants.length).toBeGreaterThanOrEqual(37);
		// Null: not hunted yet. A seed is the number of runs from 1.
		for (const { name, seed } of mutants) expect(seed ?? Number.POSITIVE_INFINITY, name).toBeLessThanOrEqual(2_000);
		for (const mutant of mutants) expect(mutated(mutant)).not.toBe("");
	});

	test("each is caught by the seed that is recorded for it", () => {
		const { stdout, status } = run("--mutants", "--pinned");
		expect(stdout.split("\n").filter((line) => line.includes("not caught |"))).toEqual([]);
		expect(status).toBe(0);
	});
});

test("the command tells seed, story and verdict, and its exit code is the verdict", () => {
	const { stdout, status } = run("--seed", "1", "--runs", "20");
	expect(stdout.trimEnd().split("\n").at(-1)).toBe("20 runs, 0 lost, 0 sent twice, 0 ended, 0 stuck, 0 unexplained");
	expect(status).toBe(0);
});

test("a world in memory stays as it was when a change of it fails", async () => {
	const store = new WorldInMemory();
	expect(store.exists()).toBe(false);
	store.write({ ...emptyWorld(0), lastWrite: 3 });
	const change = store.change((world) => {
		world.lastWrite = 4;
		throw new Error("no");
	});
	await expect(change).rejects.toThrow("no");
	expect(store.read().lastWrite).toBe(3);
});
