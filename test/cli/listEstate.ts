import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Estate } from "../../cli/estate/estate";
import { readEstate } from "../../cli/estate/readEstate";
import { type SourceOptions, sourcesIn } from "../../cli/estate/sources";
import { SimulatedClock } from "../../provider/executor/clock";
import { Hosts } from "../../provider/executor/hosts";
import { connectHosts } from "../../provider/hosts/hostsConfig";
import { connectSimulator, type PairOptions, Simulator } from "../../provider/hosts/simulator";
import type { Bag } from "../../provider/lifecycle/arguments";
import { check } from "../../provider/lifecycle/check";
import { create } from "../../provider/lifecycle/create";
import { EngineLog } from "../../provider/lifecycle/engineLog";
import { Session } from "../../provider/lifecycle/session";
import { update } from "../../provider/lifecycle/update";
import { hastyClock } from "../hastyClock";
import { temporaryFolder } from "../temporaryFolder";

/** What nobody should call a disk: names are other people's words, and end in tables, pages and labels. */
export const hostileName = `</td></script><script>alert("x")</script>|[a](http://evil.example)\`'\\`;

const pairs: readonly PairOptions[] = [
	{ source: "Orders", target: "Orders-DR" },
	{ source: "Billing", target: "Billing-DR", syncMode: "asynchronous" },
	{ source: "Mail", target: "Mail-DR" },
	{ source: "Crm", target: "Crm-DR" },
	{ source: "Web", target: "Web-DR" },
	{ source: "Hr", target: "Hr-DR" },
	{ source: "Archive", target: "Archive-DR" },
	{ source: hostileName, target: "Odd-DR" },
	{ source: "Secret-Disk", target: "Secret-Disk-DR" },
	{ source: "Stray", target: "Stray-DR" },
];

/** An estate with one of each trouble, made by real runs: a folder with `stack.json`, `hosts.json` and a ledger. */
export interface TroubledEstate {
	readonly folder: string;
	readonly sites: Simulator;
}

/**
 * - `orders` was moved to the other site, in order. `billing` is further behind than it may be. `mail` was suspended by
 *   somebody else. `crm` lost its run in the middle of a call. `web` has a host that is silent. `hr` has a disk that is
 *   not well. `archive` is gone from the arrays. `odd` has a name that nobody should give. `secret` keeps its names.
 * - Nobody declares that of `Stray`.
 */
export async function makeTroubledEstate(): Promise<TroubledEstate> {
	const folder = temporaryFolder("estate");
	const sites = await Simulator.create(join(folder, "arrays.json"), { speed: 50, pairs });
	const names = ["east", "west", "lonely"];
	writeFileSync(
		join(folder, "hosts.json"),
		JSON.stringify(Object.fromEntries(names.map((name) => [name, { kind: "simulator", file: sites.file }]))),
	);
	const journal = join(folder, "ledger.jsonl");
	const resources = new Map<string, { readonly inputs: Bag; readonly outputs: Bag }>();

	const session = () => {
		const log = new EngineLog(undefined);
		log.forResource = () => ({ info: () => {}, warning: () => {}, fence: async () => {} });
		const made = new Session(hastyClock, log, (name) => connectSimulator({ name, file: sites.file }));
		made.configure((key) => (key === "storageReplication:journal" ? journal : undefined));
		return made;
	};
	const declare = async (
		name: string,
		source: string,
		target: string,
		more: Bag = {},
		[east, west] = ["east", "west"],
	) => {
		const before = resources.get(name);
		const program = {
			source: { host: east, virtualDisk: source },
			target: { host: west, virtualDisk: target },
			resourceUrn: urnOf(name),
			...more,
		};
		const { inputs, failures } = await check(session(), before?.inputs ?? {}, program);
		if (failures.length > 0) throw new Error(failures[0]?.reason);
		try {
			const { outs } =
				before === undefined ? await create(session(), inputs) : await update(session(), "id", before.outputs, inputs);
			resources.set(name, { inputs, outputs: outs });
		} catch (error) {
			// As the engine stores a partial failure; of any other one it keeps what it had.
			const { properties } = error as { readonly properties?: Bag };
			if (properties === undefined && before === undefined) throw error;
			resources.set(name, { inputs, outputs: properties ?? before?.outputs ?? {} });
		}
	};

	await declare("orders", "Orders", "Orders-DR");
	await declare("billing", "Billing", "Billing-DR", { recoveryPointObjectiveMinutes: 1 });
	await declare("mail", "Mail", "Mail-DR");
	await declare("crm", "Crm", "Crm-DR");
	await declare("web", "Web", "Web-DR", {}, ["lonely", "west"]);
	await declare("hr", "Hr", "Hr-DR");
	await declare("archive", "Archive", "Archive-DR");
	await declare("odd", hostileName, "Odd-DR");
	await declare("secret", "Secret-Disk", "Secret-Disk-DR", { secretNames: true });
	await declare("orders", "Orders", "Orders-DR", { state: "reversed", reason: "CHG-4711 <b>now</b>" });
	// Answered 4, which says nothing of what it did; the limit ends the run.
	await sites.addFault({ kind: "returnCode", code: 4, effect: false, times: 1 });
	await declare("crm", "Crm", "Crm-DR", { state: "reversed" });
	await sites.removeFaults();
	await sites.traits("Billing", { lagBy: "syncTime", syncTimeAgeMs: 3_600_000 });
	await sites.health("Hr-DR", "detached");
	await sites.change((world) => {
		const idOf = (name: string) => world.disks.find((disk) => disk.name === name)?.uniqueId;
		for (const each of world.relationships) if (each.source === idOf("Mail")) each.copyState = 9;
	});
	await sites.remove("Archive");
	await sites.host("lonely").down();

	const stored = [...resources].map(([name, { inputs, outputs }]) => ({
		urn: urnOf(name),
		custom: true,
		id: `${String(outputs.sourceUniqueId)}:${String(outputs.targetUniqueId)}`,
		type: "pulumi-nodejs:dynamic/storageReplication:VirtualDiskReplication",
		inputs,
		outputs,
	}));
	const provider = {
		urn: "urn:pulumi:prod::shop::pulumi:providers:pulumi-nodejs::default",
		custom: true,
		type: "pulumi:providers:pulumi-nodejs",
		inputs: {
			"storageReplication:hosts": readFileSync(join(folder, "hosts.json"), "utf8"),
			"storageReplication:journal": "ledger.jsonl",
		},
	};
	writeFileSync(
		join(folder, "stack.json"),
		JSON.stringify({ version: 3, deployment: { resources: [provider, ...stored] } }),
	);
	return { folder, sites };
}

function urnOf(name: string): string {
	return `urn:pulumi:prod::shop::pulumi-nodejs:dynamic/storageReplication:VirtualDiskReplication::${name}`;
}

/** As the command reads it, but that nobody sits through what is waited for. */
export async function read(options: SourceOptions): Promise<Estate> {
	const sources = sourcesIn(options);
	if (sources === null) throw new Error("nothing to read");
	const { config } = sources;
	const connect = (name: string) => {
		const entry = config[name];
		// What loads when it is first needed is not TypeScript to its loader here.
		return entry?.kind === "simulator" && entry.file !== undefined
			? connectSimulator({ name, file: entry.file })
			: connectHosts(config)(name);
	};
	const hosts = new Hosts(connect, new SimulatedClock(Date.now()));
	try {
		return await readEstate(sources, hosts, new SimulatedClock(Date.now()));
	} finally {
		await hosts.close();
	}
}
