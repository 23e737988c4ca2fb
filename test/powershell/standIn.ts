import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { temporaryFolder } from "../temporaryFolder";

/**
 * Windows for tests: the module `CimCmdlets` in `modules/`, which PowerShell finds by PSModulePath, over arrays in a
 * JSON file named by STAND_IN_STATE. Several processes may use it at once. `<file>.log` has every call that reached it:
 * tests judge by that and by the state, not by what the library says.
 */
export interface StandInState {
	/** The storage systems. `operations: null` answers "not supported". */
	arrays: {
		friendlyName: string;
		uniqueId: string;
		operations: number[] | null;
		features: number[];
		/** The same for groups, in the numbers of groups. */
		groupOperations: number[] | null;
		groupFeatures: number[];
		supportsReplicationGroup: boolean;
		healthStatus: number;
		supportsMirrorRemote: boolean;
		supportsFullDiscovery: boolean;
	}[];
	/**
	 * MSFT_StorageProvider, `type` 1 SMP or 2 SMI-S, and the arrays that each serves. `foreignDiscover`: what it answers to
	 * Discover of an array that is not its own.
	 */
	providers: {
		name: string;
		manufacturer: string;
		version: string;
		type: number;
		arrays: string[];
		foreignDiscover: number;
	}[];
	/** Replication groups, with the UniqueIds of their disks in order. Their own is `UID-group-<name>`. */
	groups: { name: string; array: string; disks: string[] }[];
	/** `source` and `target` are names of groups. `unlistedAt`: that end has no link and no peer. */
	groupRelationships: {
		id: string;
		source: string;
		target: string;
		copyState: number;
		progressStatus: number;
		syncMode: number;
		syncType: number;
		consistencyState: number | null;
		unlistedAt?: "source" | "target";
	}[];
	disks: { objectId: string; uniqueId: string; friendlyName: string; array: string; access: number }[];
	/** `source` and `target` are UniqueIds of disks, and swap when roles are reversed. */
	relationships: StandInRelationship[];
	/** What a CimSession to a computer sees, and who may open it. A local PowerShell sees everything. */
	hosts: Record<string, { arrays: string[]; credential?: { username: string; password: string } }>;
	jobs: {
		id: string;
		state: number;
		percent: number;
		operationalStatus: number[];
		errorCode: number | null;
		errorDescription: string | null;
		affects: string[];
	}[];
	/** What is under way; made by the methods. */
	transitions: unknown[];
	/** The operations that had an effect, in order; written together with it. */
	effects: number[];
	/** 40003 until Discover. */
	stale: boolean;
	/** What the Storage service does not know before a Discover of an array: after a restart, everything. */
	cold: "no" | "disks" | "links";
	/** Arrays that a provider cannot reach: enumerations leave out what is theirs and write this error beside the rest. */
	trouble: { array: string; id: string; message: string }[];
	/** Another provider that lists the disks of an array as well; `null`: none. With references `key` only. */
	secondProvider: SecondProvider | null;
	faults: StandInFault[];
	settings: {
		/** Looks at links or jobs until an operation is complete; 0: at once. */
		reads: number;
		/** Whether a method starts a job: `asked`, only with RunAsJob. */
		jobs: "never" | "asked" | "always";
		jobOutcome: "complete" | "fail" | "vanish";
		/** Whether CreatedStorageJob comes with 4096. */
		jobReference: boolean;
		/** Whether the class declares RunAsJob. */
		runAsJob: boolean;
		/** How refusals come: as exceptions `StorageWMI n` or as ReturnValue. */
		codesAs: "exception" | "value";
		/** A second Failover undoes the first. */
		failoverToggles: boolean;
		/** How references come: key-only instances, whole ones, object paths or bare ids. */
		references: "key" | "embedded" | "path" | "id";
		/** Whether GetInstance is served for associations, which providers need not. */
		associationsByKey: boolean;
		/** Whether peers stand for the arrays, too, with UniqueIds of their own. */
		arrayPeers: boolean;
		/** Whether the enumeration of peers lists each key twice, first with what was there before a disk was replaced. */
		stalePeers: boolean;
		/** Whether peers have the property IsPrimary. */
		isPrimary: boolean;
		/** SyncMode of relationships made by CreateReplica, unless its ReplicationSettings name one. */
		newSyncMode: number;
		/** Disks that CreateReplica makes have a name of the array's own. */
		ownNames: boolean;
		/** Whether what a job affects is told by its association; its instances are there either way. */
		jobsAreFollowed: boolean;
		/** The class MSFT_ReplicationSettings: as Server 2019 has it, without SyncMode, or no parameter of CreateReplica. */
		replicationSettings: "current" | "older" | "noParameter";
		/** How Discover of an array is answered: at once, by a job that ends well, badly or completed with an error, or with a code. */
		discover: "done" | "job" | "jobFails" | "jobErrs" | number;
		/** The same for a disk. */
		discoverDisk: "done" | number;
		/** RemoteSubsystemCacheMode of the provider: 1 automatic, 2 disabled, 3 manual. */
		cacheMode: number;
		/** Classes that the system does not have. */
		missingClasses: string[];
	};
}

/** What a second provider lists once more, with what it saw last. Its ObjectIds are for reading only. */
export interface SecondProvider {
	array: string;
	/** Its rows come before the others. */
	first: boolean;
	/** It lists what the first one does under the same ObjectIds: links are listed twice. */
	sameObjects: boolean;
	/** Left out: as it is. */
	copyState?: number;
	access?: number;
	/** It takes the roles for exchanged. */
	reversed?: boolean;
	/** The array that it says holds the disks. */
	heldBy?: string;
	/** What Discover of its array does, and that of a disk does not: have it list them at all, or as they are. */
	discover?: "brings" | "corrects";
}

export interface StandInRelationship {
	id: string;
	source: string;
	target: string;
	copyState: number;
	progressStatus: number;
	syncMode: number;
	syncType: number;
	percentSynced: number | null;
	/** Age of SyncTime; `null`: none is reported. */
	behindSeconds: number | null;
}

/**
 * A fault at a cmdlet, a class, a method or `<method> <operation>`. `hang` and `exit` come before the effect,
 * `hangAfter`, `exitAfter`, `errorAfter` behind it: the caller cannot tell, that is why we must survive both.
 */
export type StandInFault = { on: string; times: number } & (
	| { kind: "exit" | "exitAfter" | "exitClean" | "hang" | "hangAfter" | "dropSession" }
	| { kind: "delay"; ms: number }
	| { kind: "noise"; text: string }
	| { kind: "code"; code: number }
	| { kind: "error" | "errorAfter"; id: string; category: string; message: string; native?: string }
);

/** One line of the log. */
export interface StandInCall {
	readonly cmdlet: string;
	readonly class?: string;
	/** One instance, by GetInstance. */
	readonly byKey?: true;
	readonly association?: string;
	readonly method?: string;
	readonly on?: string;
	readonly arguments?: Readonly<Record<string, unknown>>;
	readonly computer: string;
	readonly process: number;
}

const moduleDirectory = resolve(__dirname, "modules");

/** Two arrays, East and West, each behind a computer of its own, and `count` mirrored pairs between them. */
export function twoArrays(count = 1, change: (state: StandInState) => void = () => {}): StandInState {
	const state: StandInState = {
		arrays: ["East", "West"].map((friendlyName) => ({
			friendlyName,
			uniqueId: `array-${friendlyName}`,
			operations: [4, 8, 9, 10, 11, 12, 14, 16, 17, 18, 20, 21, 22],
			features: [],
			groupOperations: [3, 5, 6, 8, 9, 10, 11, 13, 14, 16, 20, 22],
			groupFeatures: [],
			supportsReplicationGroup: true,
			healthStatus: 0,
			supportsMirrorRemote: true,
			supportsFullDiscovery: true,
		})),
		providers: [
			{
				name: "Stand-in provider",
				manufacturer: "Stand-in",
				version: "4.2",
				type: 1,
				arrays: ["East", "West"],
				foreignDiscover: 8,
			},
		],
		groups: [],
		groupRelationships: [],
		disks: [],
		relationships: [],
		hosts: { "mgmt-east": { arrays: ["East"] }, "mgmt-west": { arrays: ["West"] } },
		jobs: [],
		transitions: [],
		effects: [],
		stale: false,
		cold: "no",
		trouble: [],
		secondProvider: null,
		faults: [],
		settings: {
			reads: 1,
			jobs: "asked",
			jobOutcome: "complete",
			jobReference: true,
			runAsJob: true,
			codesAs: "exception",
			failoverToggles: true,
			references: "key",
			associationsByKey: true,
			arrayPeers: false,
			stalePeers: false,
			isPrimary: true,
			newSyncMode: 3,
			ownNames: false,
			jobsAreFollowed: true,
			replicationSettings: "current",
			discover: "done",
			discoverDisk: "done",
			cacheMode: 1,
			missingClasses: [],
		},
	};
	for (let index = 0; index < count; index++) {
		const number = String(index).padStart(4, "0");
		state.disks.push(disk(`Disk${number}`, "East", number, 3), disk(`Disk${number}-DR`, "West", number, 1));
		state.relationships.push({
			id: `relationship-${number}`,
			source: `UID-East-${number}`,
			target: `UID-West-${number}`,
			copyState: 4,
			progressStatus: 2,
			syncMode: 3,
			syncType: 6,
			percentSynced: 100,
			behindSeconds: 30,
		});
	}
	change(state);
	return state;
}

/** ObjectIds look like Windows' own: backslashes, quotes and braces in them. */
export function disk(
	friendlyName: string,
	array: string,
	number: string,
	access: number,
): StandInState["disks"][number] {
	const objectId = `{1}\\\\${array}\\root/Microsoft/Windows/Storage/Providers_v2\\X.ObjectId="{${number}}:VD:{${array}}"`;
	return { objectId, uniqueId: `UID-${array}-${number}`, friendlyName, array, access };
}

export class StandIn {
	readonly file: string;

	constructor(state: StandInState, directory = temporaryFolder("stand-in")) {
		this.file = join(directory, "arrays.json");
		this.write(state);
	}

	/** What a process that starts PowerShell needs in its environment; what was there is kept. */
	get environment(): { STAND_IN_STATE: string; PSModulePath: string } {
		const others = (process.env.PSModulePath ?? "")
			.split(delimiter)
			.filter((path) => path !== "" && path !== moduleDirectory);
		return { STAND_IN_STATE: this.file, PSModulePath: [moduleDirectory, ...others].join(delimiter) };
	}

	/** Puts the environment into this process. */
	use(): this {
		Object.assign(process.env, this.environment);
		return this;
	}

	read(): StandInState {
		return JSON.parse(readFileSync(this.file, "utf8")) as StandInState;
	}

	write(state: StandInState): void {
		writeFileSync(`${this.file}.seed`, JSON.stringify(state));
		renameSync(`${this.file}.seed`, this.file);
	}

	/** Another state, and nothing in the log. */
	restart(state: StandInState): void {
		this.write(state);
		rmSync(`${this.file}.log`, { force: true });
	}

	/** Changes the state behind everybody's back. Not while calls are under way. */
	change(edit: (state: StandInState) => void): void {
		const state = this.read();
		edit(state);
		this.write(state);
	}

	calls(): StandInCall[] {
		const log = `${this.file}.log`;
		if (!existsSync(log)) return [];
		return readFileSync(log, "utf8")
			.split("\n")
			.filter((line) => line !== "")
			.map((line) => JSON.parse(line) as StandInCall);
	}

	/** The operations that reached SetReplicationRelationship, in order. */
	operations(): number[] {
		return this.calls().flatMap((call) =>
			call.method === "SetReplicationRelationship" ? [Number(call.arguments?.Operation)] : [],
		);
	}
}
