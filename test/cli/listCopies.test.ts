import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import parsePrometheusText from "parse-prometheus-text-format";
import { beforeAll, describe, expect, test } from "vitest";
import { type Estate, estateSchema, type Relationship } from "../../cli/estate/estate";
import { listExitCodes } from "../../cli/list";
import { describeMetrics } from "../../cli/listMetrics";
import { describeEstate } from "../../cli/listTable";
import type { Simulator } from "../../provider/hosts/simulator";
import { hostsBegin, makeEstateOfCopies, read } from "./listEstate";
import { run, start } from "./runCli";

let folder = "";
let sites: Simulator;
let estate: Estate;
beforeAll(async () => {
	({ folder, sites } = await makeEstateOfCopies());
	estate = await readCopies({ host: ["east", "west"] });
});

const [snapshotType, broken] = [7, 5];
const at = (name: string) => join(folder, name);
const readCopies = (more: object = {}) => read({ stack: at("stack.json"), journal: at("ledger.jsonl"), ...more });

function named(name: string, of = estate): Relationship {
	const found = of.relationships.find((each) => each.name === name);
	if (found === undefined) throw new Error(`no ${name}`);
	return found;
}

/** What a stack holds of one copy, changed; the rest is not in it. */
async function stackOf(name: string, change: (resource: Record<string, unknown>) => void): Promise<Relationship> {
	const { deployment } = JSON.parse(readFileSync(at("stack.json"), "utf8"));
	const [provider, ...resources] = deployment.resources;
	const resource = resources.find(({ urn }: { urn: string }) => urn.endsWith(`::${name}`));
	change(resource);
	writeFileSync(at("one.json"), JSON.stringify({ deployment: { resources: [provider, resource] } }));
	return named(name, await read({ stack: at("one.json") }));
}

describe("copies of a stack and of hosts", () => {
	test("are listed the worst first, an open restore before anything else, with what the next up does", () => {
		expect(estate.relationships.map(({ name, kind, condition }) => `${condition} ${kind} ${name}`)).toEqual([
			"attention Snapshot restored",
			"attention Snapshot gone",
			"attention Snapshot precious",
			"notice Snapshot drill",
			"well Snapshot before",
			"well Mirror orders",
			"well Snapshot Stray → Stray-Snap",
			"well Clone test",
		]);
		expect(named("restored")).toMatchObject({
			copy: { restoreOpen: true, complete: true, restored: null },
			nextUp: { does: "stops", code: "SR1033" },
			reasons: [expect.stringMatching(/^up stops: SR1033: .*Crm-Snap is the only good image/), expect.anything()],
		});
		expect(named("gone")).toMatchObject({ nextUp: { does: "stops", code: "SR1003" }, copy: { ended: null } });
		expect(named("precious")).toMatchObject({
			copy: { complete: true, expiresAt: "2020-01-01T00:00:00Z", restoreOpen: false },
			nextUp: { does: "runs", consent: "missing", steps: [{ hazard: "dataLoss" }] },
		});
		expect(named("drill").nextUp).toMatchObject({
			consent: "given",
			steps: [{ loses: { end: "target", what: "disk" } }],
		});
		expect(named("before")).toMatchObject({
			satisfied: true,
			declared: { state: "active", onRoleChange: null },
			copy: { complete: true, pointInTime: expect.stringMatching(/^2026-10-05T06:.*Z$/), ended: null },
		});
		expect(named("test")).toMatchObject({
			satisfied: true,
			declared: { state: "detached" },
			seen: { presence: "absent" },
			copy: { ended: "complete", complete: true },
		});
	});

	test("of which nobody remembers anything nothing is guessed", () => {
		expect(named("Stray → Stray-Snap")).toMatchObject({
			declared: null,
			nextUp: null,
			copy: { complete: true, expiresAt: null, restored: null, restoreOpen: null },
		});
	});

	test("are no part of what is said of protection, lag and failovers", async () => {
		expect(estate.summary).toMatchObject({
			relationships: 8,
			copies: 7,
			restoresOpen: 1,
			isProtected: 1,
			notProtected: 0,
			protectionNotKnown: 0,
			needPerson: 3,
			failoverReady: 1,
			worstLag: { name: "orders" },
			condition: "attention",
		});
		const limited = named("before", await readCopies({ lagLimit: 1 }));
		expect(limited).toMatchObject({
			condition: "well",
			lagLimit: null,
			isProtected: null,
			failover: { answer: "noQuestion" },
			switchOver: { answer: "noQuestion" },
		});
	});

	test("that hold no whole point in time need a person where nobody wished that", async () => {
		const stateOf = async (copyState: number, name: string) => {
			const before = sites.look();
			await sites.change((world) => {
				for (const each of world.relationships) if (each.syncType !== 6) Object.assign(each, { copyState });
			});
			const { condition, reasons } = named(name, await readCopies({ host: ["east", "west"] }));
			await sites.change((world) => {
				for (const [index, each] of world.relationships.entries()) Object.assign(each, before.relationships[index]);
			});
			return [condition, reasons[0] ?? null];
		};
		const [broken, inactive] = [5, 8];
		const stray = "Stray → Stray-Snap";
		expect(await stateOf(broken, stray)).toEqual(["attention", "it holds no whole point in time: Broken"]);
		expect(await stateOf(inactive, stray)).toEqual(["well", null]);
		expect(await stateOf(inactive, "before")).toEqual(["attention", "it holds no whole point in time: Inactive"]);
	});

	test("that are past their time and gone are expired, as they should be", async () => {
		const gone = await stackOf("gone", ({ inputs, outputs }) =>
			Object.assign(inputs as object, outputs as object, { expiresAt: "2020-01-01T00:00:00Z" }),
		);
		expect(gone).toMatchObject({ condition: "well", copy: { ended: "expired" }, nextUp: { does: "nothing" } });
	});

	test("are past their time by the clock of their source's host, as for the next up, and not by ours", async () => {
		const { clock } = sites.look();
		// Its expiresAt is past for us.
		const before = { ...clock, simulatedMs: Date.parse("2019-12-31T00:00:00Z"), speed: 0 };
		await sites.change((world) => Object.assign(world, { clock: before }));
		const drill = named("drill", await readCopies());
		const gone = await stackOf("gone", ({ inputs, outputs }) =>
			Object.assign(inputs as object, outputs as object, { expiresAt: "2020-01-01T00:00:00Z" }),
		);
		await sites.change((world) => Object.assign(world, { clock }));
		expect(drill).toMatchObject({ condition: "well", nextUp: { does: "nothing" } });
		expect(gone).toMatchObject({ copy: { ended: null }, nextUp: { does: "stops", code: "SR1003" } });
	});

	test("whose host is not configured, or does not answer, say so, and the others are listed", async () => {
		const elsewhere = await stackOf("drill", ({ inputs }) =>
			Object.assign(inputs as object, { source: { host: "nowhere", virtualDisk: "Orders-DR" } }),
		);
		expect(elsewhere).toMatchObject({ condition: "attention", error: expect.stringContaining("SR2004") });
		await sites.host("west").down();
		const silent = named("drill", await readCopies());
		await sites.host("west").up();
		expect(silent).toMatchObject({ condition: "unread", error: expect.stringContaining("SR4001") });
	});

	test("whose restore is open are told while they could be restored again, and not once the source is said to be good", async () => {
		const open = await stackOf("before", ({ outputs }) => {
			const { record } = outputs as { record: { copy: object } };
			Object.assign(record.copy, { restoreOpen: true });
		});
		expect(open.reasons[0]).toMatch(/^a restore of Ledger was begun and is not proven: Ledger-Snap may be/);
		const good = await stackOf("before", ({ inputs, outputs }) => {
			const { record } = outputs as { record: { copy: object } };
			Object.assign(record.copy, { restoreOpen: true });
			Object.assign(inputs as object, { keep: "source" });
		});
		expect(good.copy?.restoreOpen).toBe(false);
	});

	test("that a program only looks at, or whose arguments are encrypted, are told by their class", async () => {
		const external = await stackOf("before", (resource) => {
			const { source, target } = resource.inputs as Record<string, unknown>;
			Object.assign(resource, { external: true, inputs: { source, target }, outputs: {} });
		});
		expect(external).toMatchObject({
			kind: "Snapshot",
			condition: "well",
			copy: { complete: true, restoreOpen: null },
		});
		const hidden = await stackOf("before", ({ inputs }) =>
			Object.assign(inputs as object, { source: { "4dabf18193072939515e22adb298388d": "x", ciphertext: "y" } }),
		);
		expect(hidden).toMatchObject({
			kind: "Snapshot",
			condition: "unread",
			copy: { complete: null, restoreOpen: null },
		});
	});

	test("stand beside the mirror of the same two disks", async () => {
		const { disks, relationships } = sites.look();
		const snapshot = relationships.find(
			({ source: id }) => id === disks.find(({ name }) => name === "Ledger")?.uniqueId,
		);
		if (snapshot === undefined) throw new Error("no snapshot");
		await sites.change((world) => {
			world.relationships.push({ ...snapshot, id: "beside", syncType: 6, copyState: 9, pointInTime: null });
		});
		const both = await readCopies({ host: ["east", "west"] });
		const of = both.relationships.filter((each) => each.source.virtualDisk === "Ledger");
		expect(of.map(({ kind, seen }) => [kind, seen?.presence === "present" ? seen.copyState : null]).sort()).toEqual([
			["Mirror", "Suspended"],
			["Snapshot", "Synchronized"],
		]);
		await sites.change((world) => {
			world.relationships = world.relationships.filter(({ id }) => id !== "beside");
		});
	});
});

describe("what is printed of them", () => {
	test("is a table of their own, and fits a narrow terminal", () => {
		for (const columns of [80, 100, 130]) {
			const [, mirrors = "", copies = ""] = describeEstate(estate, { columns, colors: false }).split("\n\n");
			expect(mirrors.split("\n")).toHaveLength(2);
			expect(copies.split("\n")).toHaveLength(8);
			for (const line of copies.split("\n")) expect(line.length, line).toBeLessThanOrEqual(columns);
		}
		const wide = describeEstate(estate, { columns: Number.POSITIVE_INFINITY, colors: false });
		expect(wide).toMatch(/^1 of 1 protected; .*; 7 copies, 1 restore open; 3 need a person\.\n/);
		expect(wide).toMatch(/^attention {2}restored .* restore open, Broken, complete .* stops: SR1033$/m);
		expect(wide).toMatch(
			/^well .* before .* Snapshot .* complete +2026-10-05 06:00Z {2}2999-01-01 00:00Z {2}nothing$/m,
		);
		expect(wide).toMatch(/^well .* test .* Clone .* ended: complete .* nothing$/m);
	});

	test("is in the guide", () => {
		const guide = readFileSync(join(__dirname, "..", "..", "docs", "monitoring.md"), "utf8");
		const declared = estate.relationships.filter(({ urn, copy }) => urn !== null && copy !== null);
		const told = { ...estate, relationships: declared };
		const [, table] = describeEstate(told, { columns: 129, colors: false }).split("\n\n");
		expect(guide).toContain(`\`\`\`\n${table?.replaceAll(/2026-10-05 06:\d\d/g, "2026-10-05 06:00")}\n\`\`\``);
	});

	test("is JSON that its own schema describes, and the exit code of the worst", async () => {
		const { code, out } = await run(["list", "--stack", "stack.json", "--json"], { cwd: folder });
		expect(code).toBe(listExitCodes.attention);
		expect(estateSchema.parse(JSON.parse(out)).summary.copies).toBe(6);
	});

	test("are metrics of copies: what is not known, or no question of them, has no sample", () => {
		const text = describeMetrics(estate, "prometheus");
		const labels = (name: string) => `\\{relationship="${name}",kind="Snapshot",project="shop",stack="prod"\\}`;
		const sample = (metric: string, name: string) =>
			new RegExp(`^storage_replication_${metric}${labels(name)} (\\S+)$`, "m").exec(text)?.[1];
		expect(sample("copy_restore_open", "restored")).toBe("1");
		expect(sample("needs_person", "restored")).toBe("1");
		expect(sample("copy_complete", "before")).toBe("1");
		expect(sample("copy_expires_timestamp_seconds", "drill")).toBe("1577836800");
		const beginsSeconds = Date.parse(hostsBegin) / 1_000;
		const pointInTime = Number(sample("copy_point_in_time_timestamp_seconds", "before"));
		expect(pointInTime).toBeGreaterThanOrEqual(beginsSeconds);
		expect(pointInTime).toBeLessThan(beginsSeconds + 3_600);
		expect(sample("copy_expires_timestamp_seconds", "restored")).toBeUndefined();
		expect(text).not.toMatch(/^storage_replication_copy_restore_open\{relationship="Stray/m);
		for (const metric of ["protected", "reversed", "lag_seconds", "lag_limit_seconds", "failover_ready"])
			expect(text, metric).not.toMatch(new RegExp(`^storage_replication_${metric}\\{[^}]*kind=`, "m"));
		// Series of mirrors are those that there were before there were copies.
		expect(text).toMatch(/^storage_replication_protected\{relationship="orders",project="shop",stack="prod"\} 1$/m);
		expect(parsePrometheusText(text).map(({ type }) => type)).not.toContain("UNTYPED");
	});
});

describe("list --watch", () => {
	/** Runs until `seen` has looked at its rounds; what it ends with. */
	async function watching(
		args: readonly string[],
		seen: (now: () => Estate | null) => Promise<void>,
	): Promise<unknown> {
		const file = at("watched.json");
		rmSync(file, { force: true });
		const child = start(["list", ...args, "--watch", "0.05", "--json", "--output", file], folder);
		const ended = new Promise((resolve) => child.on("close", resolve));
		try {
			await seen(() => (existsSync(file) ? estateSchema.parse(JSON.parse(readFileSync(file, "utf8"))) : null));
		} finally {
			child.kill("SIGINT");
			await ended;
		}
		return ended;
	}

	test("tells a copy that comes due between two rounds, and one that breaks", async () => {
		const snapshot = await stackOf("before", ({ inputs }) =>
			Object.assign(inputs as object, { expiresAt: "2027-01-01T00:00:00Z" }),
		);
		expect(snapshot).toMatchObject({ condition: "well", nextUp: { does: "nothing" } });
		const before = sites.look();
		const code = await watching(["--stack", "one.json"], async (now) => {
			const copy = () => {
				const { summary, relationships: [found] = [] } = now() ?? {};
				return [summary?.condition, found?.nextUp?.does, found?.copy?.expiresAt, found?.reasons[0]];
			};
			const expiresAt = "2027-01-01T00:00:00Z";
			await expect.poll(copy).toEqual(["well", "nothing", expiresAt, undefined]);
			const due = Date.parse(expiresAt) + 60_000;
			await sites.change((world) => Object.assign(world.clock, { simulatedMs: due, speed: 0 }));
			await expect.poll(copy).toEqual(["notice", "runs", expiresAt, expect.stringMatching(/^the next up: Dissolve/)]);
			await sites.change((world) => Object.assign(world, { clock: before.clock }));
			await expect.poll(copy).toEqual(["well", "nothing", expiresAt, undefined]);
			await sites.change((world) => {
				for (const each of world.relationships) if (each.syncType === snapshotType) each.copyState = broken;
			});
			await expect.poll(copy).toEqual(["attention", "stops", expiresAt, expect.stringMatching(/^up stops: SR1026/)]);
		});
		await sites.change((world) => {
			for (const [index, each] of world.relationships.entries()) Object.assign(each, before.relationships[index]);
		});
		if (process.platform !== "win32") expect(code).toBe(listExitCodes.attention);
	});

	test("lists a clone that somebody makes meanwhile, while it is copied and when it is whole, and not once it is gone", async () => {
		const before = sites.look();
		const other = before.relationships.find(({ syncType }) => syncType === snapshotType);
		if (other === undefined) throw new Error("no copy");
		const idOf = (name: string) => before.disks.find((disk) => disk.name === name)?.uniqueId ?? "";
		const code = await watching(["--hosts", "hosts.json", "--host", "east"], async (now) => {
			const found = () => {
				const each = now()?.relationships.find(({ kind }) => kind === "Clone");
				if (each === undefined) return now() === null ? null : "none";
				return [each.name, each.condition, each.seen?.presence === "present" ? each.seen.copyState : null];
			};
			await expect.poll(found).toBe("none");
			const name = "Ledger → Ledger-Spare";
			await sites.change((world) => {
				const ends = { source: idOf("Ledger"), target: idOf("Ledger-Spare") };
				world.relationships.push({ ...other, ...ends, id: "made", syncType: 8, copyState: 3, pointInTime: null });
			});
			await expect.poll(found).toEqual([name, "notice", "Unsynchronized"]);
			await sites.change((world) => {
				for (const each of world.relationships) if (each.id === "made") each.copyState = 4;
			});
			await expect.poll(found).toEqual([name, "well", "Synchronized"]);
			await sites.change((world) => {
				world.relationships = world.relationships.filter(({ id }) => id !== "made");
			});
			await expect.poll(found).toBe("none");
		});
		if (process.platform !== "win32") expect(code).toBe(listExitCodes.attention);
	});
});

test("the estate itself was only looked at", () => {
	const sent = sites.calls().filter(({ operation }) => operation !== null && operation !== undefined);
	expect(sent.map(({ operation }) => operation)).toEqual(["Detach", "RestoreFromReplica"]);
});
