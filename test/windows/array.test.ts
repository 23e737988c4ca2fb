import { join } from "node:path";
import { expect, test } from "vitest";
import { Simulator } from "../../provider/hosts/simulator";
import { connectSimulator } from "../../provider/hosts/simulator/connect";
import { temporaryFolder } from "../temporaryFolder";
import { checkArray, scratchPair } from "./array";
import { Transcript } from "./transcript";

const named = { SOURCE: "east:Scratch", TARGET: "west:Scratch-DR" };

async function site(related: boolean) {
	const file = join(temporaryFolder("array"), "arrays.json");
	const pairs = [
		{ source: "Scratch", target: "Scratch-DR", related },
		{ source: "Orders", target: "Orders-DR", related: true },
	];
	const sites = await Simulator.create(file, { pairs, speed: 20 });
	const transcript = new Transcript();
	const run = (env: NodeJS.ProcessEnv) =>
		checkArray(scratchPair(env), (name) => connectSimulator({ name, file }), transcript);
	return { run, sent: () => sites.calls(), transcript, sites };
}

test.each(["no", undefined, "YES", "true"])("reads only, where it is told %j", async (CHANGES) => {
	const { run, sent, transcript } = await site(true);
	await run({ ...named, CHANGES });
	expect(transcript.failures).toEqual([]);
	expect(transcript.seen("west: after Discover")).toMatchObject({ disks: [{}, {}], unread: [] });
	expect(sent()).toEqual([]);
});

test("told so, takes the scratch pair through its states and back, and nothing else", async () => {
	const { run, sent, transcript, sites } = await site(true);
	const other = sites.look().relationships[1];
	await run({ ...named, CHANGES: "yes" });
	expect(transcript.failures).toEqual([]);
	const operations = sent().map(({ operation }) => operation);
	expect(operations).toEqual(expect.arrayContaining(["Suspend", "Resume", "Split", "ReverseRoles"]));
	expect(sites.look().relationships).toMatchObject([{ copyState: 4 }, other ?? {}]);
});

test("a pair that is not related is left alone: the first operation would overwrite the target", async () => {
	const { run, sent, transcript } = await site(false);
	await run({ ...named, CHANGES: "yes" });
	expect(transcript.failures).toEqual(["the pair is related before anything is sent"]);
	expect(sent()).toEqual([]);
});

test("names of the ends have a host and a disk; a disk may have colons", () => {
	expect(scratchPair({ SOURCE: "east:a:b", TARGET: "west:c" }).source).toEqual({ host: "east", virtualDisk: "a:b" });
	expect(() => scratchPair({ SOURCE: "east", TARGET: "west:c" })).toThrow("SOURCE is no host:disk");
});
