import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Estate } from "../../cli/estate/estate";
import { readEstate } from "../../cli/estate/readEstate";
import { type SourceOptions, sourcesIn } from "../../cli/estate/sources";
import { SimulatedClock } from "../../provider/executor/clock";
import { Hosts } from "../../provider/executor/hosts";
import { connectHosts } from "../../provider/hosts/hostsConfig";
import { connectSimulator, type PairOptions, Simulator, type SimulatorOptions } from "../../provider/hosts/simulator";
import type { Bag } from "../../provider/lifecycle/arguments";
import { check } from "../../provider/lifecycle/check";
import { create } from "../../provider/lifecycle/create";
import { EngineLog } from "../../provider/lifecycle/engineLog";
import { isGroup } from "../../provider/lifecycle/groupArguments";
import * as groups from "../../provider/lifecycle/replicationGroup";
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

const relationships = { check, create, update };

/** An estate with one of each trouble, made by real runs: a folder with `stack.json`, `hosts.json` and a ledger. */
export interface TroubledEstate {
	readonly folder: string;
	readonly sites: Simulator;
}

/** What runs leave: a folder with `hosts.json` and a ledger, and the resources for a `stack.json`. */
class EstateOfRuns implements TroubledEstate {
	private readonly resources = new Map<string, { readonly inputs: Bag; readonly outputs: Bag }>();

	private constructor(
		readonly folder: string,
		readonly sites: Simulator,
	) {}

	static async open(options: SimulatorOptions, hosts: readonly string[]): Promise<EstateOfRuns> {
		const folder = temporaryFolder("estate");
		const sites = await Simulator.create(join(folder, "arrays.json"), { speed: 50, ...options });
		writeFileSync(
			join(folder, "hosts.json"),
			JSON.stringify(Object.fromEntries(hosts.map((name) => [name, { kind: "simulator", file: sites.file }]))),
		);
		return new EstateOfRuns(folder, sites);
	}

	private session(): Session {
		const { folder, sites } = this;
		const log = new EngineLog(undefined);
		log.forResource = () => ({ info: () => {}, warning: () => {}, fence: async () => {} });
		const made = new Session(hastyClock, log, (name) => connectSimulator({ name, file: sites.file }));
		made.configure((key) => (key === "storageReplication:journal" ? join(folder, "ledger.jsonl") : undefined));
		return made;
	}

	/** An up with this in the program; what it stopped with, or an empty text. */
	async up(name: string, args: Bag): Promise<string> {
		const before = this.resources.get(name);
		const program = { ...args, resourceUrn: urnOf(name, args) };
		const { check, create, update } = isGroup(args) ? groups : relationships;
		const { inputs, failures } = await check(this.session(), before?.inputs ?? {}, program);
		if (failures.length > 0) throw new Error(failures[0]?.reason);
		try {
			const { outs } =
				before === undefined
					? await create(this.session(), inputs)
					: await update(this.session(), "id", before.outputs, inputs);
			this.resources.set(name, { inputs, outputs: outs });
			return "";
		} catch (error) {
			// As the engine stores a partial failure; of any other one it keeps what it had.
			const { properties, message } = error as { readonly properties?: Bag; readonly message: string };
			if (properties === undefined && before === undefined) throw error;
			if (properties !== undefined) this.resources.set(name, { inputs, outputs: properties });
			return message;
		}
	}

	/** What the program said from the beginning and a run would have refused, such as a time that came since. */
	said(name: string, more: Bag): void {
		const { inputs = {}, outputs = {} } = this.resources.get(name) ?? {};
		this.resources.set(name, { inputs: { ...inputs, ...more }, outputs: { ...outputs, ...more } });
	}

	writeStack(): void {
		const stored = [...this.resources].map(([name, { inputs, outputs }]) => ({
			urn: urnOf(name, inputs),
			custom: true,
			id: isGroup(inputs) ? outputs.uniqueId : `${String(outputs.sourceUniqueId)}:${String(outputs.targetUniqueId)}`,
			type: typeOf(inputs),
			inputs,
			outputs,
		}));
		const provider = {
			urn: "urn:pulumi:prod::shop::pulumi:providers:pulumi-nodejs::default",
			custom: true,
			type: "pulumi:providers:pulumi-nodejs",
			inputs: {
				"storageReplication:hosts": readFileSync(join(this.folder, "hosts.json"), "utf8"),
				"storageReplication:journal": "ledger.jsonl",
			},
		};
		writeFileSync(
			join(this.folder, "stack.json"),
			JSON.stringify({ version: 3, deployment: { resources: [provider, ...stored] } }),
		);
	}
}

/**
 * - `orders` was moved to the other site, in order. `billing` is further behind than it may be. `mail` was suspended by
 *   somebody else. `crm` lost its run in the middle of a call. `web` has a host that is silent. `hr` has a disk that is
 *   not well. `archive` is gone from the arrays. `odd` has a name that nobody should give. `secret` keeps its names.
 * - Nobody declares that of `Stray`.
 */
export async function makeTroubledEstate(): Promise<TroubledEstate> {
	const estate = await EstateOfRuns.open({ pairs }, ["east", "west", "lonely"]);
	const { sites } = estate;
	const declare = (name: string, source: string, target: string, more: Bag = {}, [east, west] = ["east", "west"]) =>
		estate.up(name, {
			source: { host: east, virtualDisk: source },
			target: { host: west, virtualDisk: target },
			...more,
		});

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
	estate.writeStack();
	return estate;
}

/** What time it is at the hosts of copies before any run. */
export const hostsBegin = "2026-10-05T06:00:00Z";

/**
 * A mirror, `orders`, and copies that runs made:
 * - `before` is a snapshot as it should be. `drill` is one of the mirror's target whose time has come. `precious` is one whose
 *   time has come as well, and whose end takes a token. `test` is a clone that was let go of when it was complete.
 * - `restored` is one whose restore did not end well. `gone` is one that somebody took away.
 * - Nobody declares the snapshot of `Stray`.
 */
export async function makeEstateOfCopies(): Promise<TroubledEstate> {
	const disks = ["Ledger", "Mail", "Crm", "Web", "Hr", "Stray"];
	const estate = await EstateOfRuns.open(
		{
			pairs: [
				{ source: "Orders", target: "Orders-DR" },
				...disks.map((source) => ({ source, target: `${source}-Spare`, related: false })),
			],
			copies: [{ source: "Stray", target: "Stray-Snap", kind: "Snapshot" }],
		},
		["east", "west"],
	);
	const { sites } = estate;
	await sites.advance(Date.parse(hostsBegin));
	const copyOf = (virtualDisk: string, name: string, more: Bag = {}, host = "east") => ({
		kind: "Snapshot",
		source: { host, virtualDisk },
		target: { virtualDisk: name, storagePool: "Pool" },
		...more,
	});
	const due = "2020-01-01T00:00:00Z";
	await estate.up("orders", {
		source: { host: "east", virtualDisk: "Orders" },
		target: { host: "west", virtualDisk: "Orders-DR" },
	});
	await estate.up("before", copyOf("Ledger", "Ledger-Snap", { expiresAt: "2999-01-01T00:00:00Z" }));
	const drill = { expendable: "everything", deletePolicy: "returnToResourcePool" };
	await estate.up("drill", copyOf("Orders-DR", "Orders-Drill", drill, "west"));
	await estate.up("precious", copyOf("Mail", "Mail-Snap", { deletePolicy: "detach" }));
	for (const state of ["active", "detached"])
		await estate.up("test", copyOf("Hr", "Hr-Test", { kind: "Clone", state }));
	await estate.up("gone", copyOf("Web", "Web-Snap"));
	await estate.up("restored", copyOf("Crm", "Crm-Snap"));
	estate.said("drill", { expiresAt: due });
	estate.said("precious", { expiresAt: due });
	await sites.write("Crm", 3);
	await sites.array("east-array").copies("Snapshot", { afterRestore: "Broken" });
	const restore = copyOf("Crm", "Crm-Snap", { restore: "INC-7", reason: "INC-7" });
	const asked = await estate.up("restored", restore);
	await estate.up("restored", { ...restore, approval: /approval: "([^"]+)"/.exec(asked)?.[1] });
	await sites.change((world) => {
		const copied = world.disks.find(({ name }) => name === "Web")?.uniqueId;
		world.relationships = world.relationships.filter(({ source }) => source !== copied);
	});
	estate.writeStack();
	return estate;
}

/** Two groups that a program declares, one pair of which did not follow the other, and a mirror beside them that nobody declares. */
export async function makeEstateOfGroups(): Promise<TroubledEstate> {
	const estate = await EstateOfRuns.open(
		{
			pairs: ["Orders", "Ledger", "Stock"].map((source) => ({ source, target: `${source}-DR` })),
			groups: [{ source: "Sales", target: "Sales-DR", members: ["Orders", "Ledger"] }],
		},
		["east", "west", "both"],
	);
	const sales = {
		kind: "Group",
		source: { host: "east", group: "Sales" },
		target: { host: "west", group: "Sales-DR" },
	};
	await estate.up("sales", sales);
	await estate.sites.addFault({ kind: "partial", members: 1, times: 1 });
	await estate.up("sales", { ...sales, state: "suspended" });
	estate.writeStack();
	return estate;
}

/**
 * Replication groups by themselves, which runs made. `sales` is as declared, `secret` too. Somebody took a disk out of `web` and of
 * `stock`, where the array refused the next run to add it again, and deleted `mail`. Of `crm` a call had no answer and no effect.
 */
export async function makeEstateOfReplicationGroups(): Promise<TroubledEstate> {
	const disks = ["Orders", "Ledger", "Stock", "Crm", "Crm-Log", "Web", "Web-Log", "Mail", "Hidden"];
	const pairs = disks.map((source) => ({ source, target: `${source}-DR`, related: false }));
	const estate = await EstateOfRuns.open({ pairs }, ["east", "west"]);
	const { sites } = estate;
	await sites.array("east-array").groups({ features: [] });
	const declare = (name: string, friendlyName: string, members: readonly string[], more: Bag = {}) =>
		estate.up(name, {
			kind: "ReplicationGroup",
			host: "east",
			storageSubsystem: "east-array",
			friendlyName,
			members,
			...more,
		});
	await declare("sales", "Sales", ["Orders"]);
	await declare("secret", "Cellar", ["Hidden"], { secretNames: true });
	await declare("stock", "Stock", ["Stock", "Ledger"]);
	await declare("crm", "Crm", ["Crm"]);
	await declare("web", "Web", ["Web", "Web-Log"]);
	await declare("mail", "Mail", ["Mail"]);
	await sites.change((world) => {
		world.groups = world.groups?.filter(({ name }) => name !== "Mail");
		for (const group of world.groups ?? [])
			if (["Web", "Stock"].includes(group.name)) group.members = group.members.slice(0, 1);
	});
	await sites.addFault({ kind: "returnCode", code: 5, effect: false, times: 1 });
	await declare("stock", "Stock", ["Stock", "Ledger"]);
	await sites.addFault({ kind: "cutOff", effect: false, times: 1 });
	await declare("crm", "Crm", ["Crm", "Crm-Log"]);
	estate.writeStack();
	return estate;
}

function typeOf({ kind = "Replication" }: Bag): string {
	if (kind === "ReplicationGroup") return `pulumi-nodejs:dynamic/storageReplication:${kind}`;
	const name = kind === "Group" ? "GroupReplication" : `VirtualDisk${String(kind)}`;
	return `pulumi-nodejs:dynamic/storageReplication:${name}`;
}

function urnOf(name: string, args: Bag): string {
	return `urn:pulumi:prod::shop::${typeOf(args)}::${name}`;
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
