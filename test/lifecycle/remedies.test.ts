import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { connectHosts, readHostsConfig } from "../../provider/hosts/hostsConfig";
import { connectSimulator, Simulator } from "../../provider/hosts/simulator";
import type { Bag } from "../../provider/lifecycle/arguments";
import { check } from "../../provider/lifecycle/check";
import { create } from "../../provider/lifecycle/create";
import { Session } from "../../provider/lifecycle/session";
import { errorCodes } from "../../provider/model/errorCodes";
import { hastyClock } from "../hastyClock";
import { heard, inputsFor, messageOf, orders, session, sites, useSites } from "./session";

/** A mistake in what is declared or configured, and the declaration that its error advises. */
interface Mistake {
	readonly code: string;
	readonly before?: () => Promise<unknown>;
	readonly declared: Bag;
	/** Inputs of the run before. */
	readonly olds?: Bag;
	/** Words of the advice, which `follow` makes a declaration of. */
	readonly told: RegExp;
	readonly follow: (told: RegExpMatchArray) => Bag | Promise<Bag>;
}

const end = (host: string, virtualDisk: string) => ({ host, virtualDisk });
const snapshot: Bag = { kind: "Snapshot", target: { virtualDisk: "Orders-Snap", storagePool: "Pool" } };
const oneName = () =>
	sites.change((world) => {
		const [first] = world.disks;
		if (first === undefined) throw new Error("no disk");
		world.disks.push({ ...first, uniqueId: "6000100000000077" });
	});

const mistakes: Record<string, Mistake> = {
	"a state that is none": {
		code: "SR2001",
		declared: { state: "aktive" },
		told: /"(active)"/,
		follow: ([, state]) => ({ state }),
	},
	"one disk at both ends": {
		code: "SR2002",
		declared: { target: end("east", "orders") },
		told: /declare two different disks/,
		follow: () => ({}),
	},
	"a host that nobody configured": {
		code: "SR2004",
		declared: { source: end("est", "Orders") },
		told: /known: .*(east).*correct the name/,
		follow: ([, host = ""]) => ({ source: end(host, "Orders") }),
	},
	"a disk that is not there": {
		code: "SR2005",
		declared: { source: end("east", "Ordes") },
		told: /nearest: (Orders).*correct the name/,
		follow: ([, name = ""]) => ({ source: end("east", name) }),
	},
	"two disks of one name": {
		code: "SR2006",
		before: oneName,
		declared: {},
		told: /ids: (\w+),.*declare the id of the one you mean/,
		follow: ([, id = ""]) => ({ source: end("east", id) }),
	},
	"a recovery point objective that no operation changes": {
		code: "SR2008",
		declared: { recoveryPointObjectiveMinutes: 5 },
		olds: { ...orders, recoveryPointObjectiveMinutes: 15 },
		told: /set it back/,
		follow: () => ({ recoveryPointObjectiveMinutes: 15 }),
	},
	"a relationship that nobody is to create": {
		code: "SR2009",
		before: () =>
			sites.change((world) => {
				world.relationships = [];
			}),
		declared: { create: "never" },
		told: /create it with the array's own tools/,
		follow: async () => {
			await sites.change((world) => {
				const [source, target] = world.disks;
				const template = { ...kept, source: source?.uniqueId ?? "", target: target?.uniqueId ?? "" };
				world.relationships = [template as (typeof world.relationships)[number]];
			});
			return { create: "never" };
		},
	},
	"an end that was never read, under a name that the other host does not use": {
		code: "SR2011",
		before: () => sites.host("east").down(),
		declared: { source: end("east", "Orders by another name"), lost: "source", state: "failedOver" },
		told: /in relationships with (\w+),.*declare the source by its UniqueId/,
		follow: ([, id = ""]) => ({ source: end("east", id), lost: "source", state: "failedOver" }),
	},
	"a restore in the run that makes the copy": {
		code: "SR2018",
		declared: { ...snapshot, restore: "INC-1" },
		told: /take restore away/,
		follow: () => snapshot,
	},
	"a copy that would end in the run that makes it": {
		code: "SR2019",
		declared: { ...snapshot, expiresAt: "1970-01-01T00:00:00Z" },
		told: /give a time in the future/,
		follow: () => ({ ...snapshot, expiresAt: "2999-01-01T00:00:00Z" }),
	},
	"a copy that is to be made elsewhere": {
		code: "SR2020",
		// What is not there yet, or any more, may be made anywhere.
		before: async () => create(session(), await inputsFor(snapshot)),
		declared: { ...snapshot, target: { virtualDisk: "Orders-Snap", storagePool: "Other" } },
		olds: { ...orders, ...snapshot },
		told: /set them back/,
		follow: () => snapshot,
	},
	"a disk that would be deleted without consent": {
		code: "SR2021",
		declared: { ...snapshot, deletePolicy: "returnToResourcePool" },
		told: /declare expendable: (everything)/,
		follow: ([, expendable]) => ({ ...snapshot, deletePolicy: "returnToResourcePool", expendable }),
	},
	"two disks that report one UniqueId": {
		code: "SR2013",
		before: async () => {
			await oneName();
			await sites.change((world) => {
				for (const disk of world.disks) if (disk.uniqueId === "6000100000000077") disk.name = "Scratch";
			});
			await sites.changeUniqueId("Scratch", "6000100000000001");
		},
		declared: {},
		told: /"Orders" at east is ObjectId (\S+?)[;)].*declare the source by the ObjectId/,
		follow: ([, id = ""]) => ({ source: end("east", id) }),
	},
};

/** The relationship as it was before a test took it away. */
let kept: object = {};

describe("a mistake whose remedy is followed", () => {
	useSites();

	/** As the provider connects: a name that nobody configured is no host. */
	const strict = () => {
		const one = session();
		const known = connectHosts(readHostsConfig({ east: { kind: "simulator" }, west: { kind: "simulator" } }));
		return new Session(hastyClock, one.log, (name) =>
			["east", "west"].includes(name) ? connectSimulator({ name, file: sites.file }) : known(name),
		);
	};

	test.each(Object.entries(mistakes))("%s", async (_, { code, before, declared, olds = {}, told, follow }) => {
		kept = sites.look().relationships[0] ?? {};
		await before?.();
		const from = sites.calls().length;
		const { failures } = await check(strict(), olds, { ...orders, ...declared });
		// What is not known is told, and no failure.
		const reason = failures[0]?.reason ?? heard.splice(0).join("\n");
		expect(reason).toContain(code);
		const match = told.exec(reason);
		expect(match, reason).not.toBeNull();
		const again = await check(strict(), olds, { ...orders, ...(await follow(match as RegExpMatchArray)) });
		expect(again.failures).toEqual([]);
		expect(heard.join("\n")).not.toContain(code);
		expect(sites.calls().slice(from)).toEqual([]);
	});

	test("a pair that is declared twice, SR2003: one of both is taken out", async () => {
		const one = strict();
		await check(one, {}, orders);
		const second = await check(one, {}, { ...orders, resourceUrn: "urn::two" });
		expect(second.failures[0]?.reason).toMatch(/SR2003.*Do: declare each pair once/);
		expect((await check(strict(), {}, { ...orders, resourceUrn: "urn::two" })).failures).toEqual([]);
	});

	test("a mistake in the hosts, SR2007: corrected at the path that it names", () => {
		expect(() => readHostsConfig({ east: { kind: "cim" } })).toThrow(/SR2007.*hosts\.east\.computerName/);
		expect(readHostsConfig({ east: { kind: "cim", computerName: "east" } })).toHaveProperty("east");
	});

	test("a file that is missing, SR6001: the command that it gives makes one", async () => {
		rmSync(sites.file);
		const inputs = { ...orders, plannedOperations: [] };
		const refused = await messageOf(create(session(), inputs));
		expect(refused).toMatch(/SR6001.*simulator init --file/);
		await Simulator.create(sites.file, {});
		expect((await create(session(), inputs)).outs).toMatchObject({ copyState: "Synchronized" });
	});

	test("a lock of a number that was given out again, SR6002: removed, as it says", async () => {
		const lock = `${sites.file}.lock`;
		const { inputs } = await check(session(), {}, { ...orders, state: "suspended" });
		writeFileSync(lock, String(process.pid));
		const refused = await messageOf(create(session(), inputs));
		expect(refused).toMatch(/SR6002.*remove/);
		rmSync(lock);
		expect((await create(session(), inputs)).outs).toMatchObject({ copyState: "Suspended" });
	});
});

/** Codes whose remedy is followed elsewhere, or cannot be followed by a test. */
const elsewhere: Record<string, { readonly file: string } | { readonly why: string }> = {
	SR2010: { why: "each message lists what there is; test/cli/help.test.ts runs all of that" },
	SR2012: { file: "engine/provider.test.ts" },
	SR2022: { file: "cli/operation.test.ts" },
	SR2023: { file: "lifecycle/replicationGroup.test.ts" },
	SR2024: { file: "lifecycle/groups.test.ts" },
	SR2014: { file: "engine/dependency.test.ts" },
	SR2015: { file: "engine/provider.test.ts" },
	SR2016: { file: "powershell/report.test.ts" },
	SR2017: { file: "powershell/report.test.ts" },
	SR7001: { why: "the remedy is another release" },
	SR9000: { why: "the remedy is a report" },
};

test("every code of a mistake, the simulator and old state has its remedy followed, or a reason why not", () => {
	const here = readFileSync(__filename, "utf8");
	for (const code of Object.values(errorCodes).filter((each) => /^SR[2679]/.test(each))) {
		const other = elsewhere[code];
		if (other === undefined) expect(here, code).toMatch(new RegExp(`code: "${code}"|, ${code}: `));
		else if ("file" in other) expect(readFileSync(join(__dirname, "..", other.file), "utf8"), code).toContain(code);
	}
});
