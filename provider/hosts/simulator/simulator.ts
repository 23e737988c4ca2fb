import type { CopyState } from "../../model/relationship";
import {
	virtualDiskToVirtualDiskProgressStatus as progress,
	synchronizedCopyState as states,
} from "../../model/vocabulary/relationship";
import { storageJobJobState as jobStates } from "../../model/vocabulary/storage";
import type { Ailment } from "./ailments";
import { checkedFault, duration, knownHosts } from "./checkedFault";
import type { CopyBehaviour, CopyKind } from "./copyBehaviour";
import type { Creation } from "./creation";
import type { GroupBehaviour } from "./groupBehaviour";
import { abandonCopy } from "./halt";
import { ailmentOf, isUsable } from "./health";
import { endJob, startJob } from "./jobs";
import { acknowledge, countWrites, lostWrites, ownWrites, type WriteRange, withoutWrites } from "./lineage";
import { arrayNamed, diskNamed, groupNamed, mistake, relatedDisks, relationshipMeant } from "./named";
import {
	addCopy,
	addGroups,
	addPair,
	type CopyOptions,
	defaultPairs,
	type GroupOptions,
	type PairOptions,
} from "./pair";
import { type ProfileName, profiles } from "./profiles";
import { exchangeRoles, followSource, takesWrites } from "./roles";
import { settle } from "./settle";
import type { Traits } from "./traits";
import {
	emptyWorld,
	type Fault,
	isCopy,
	latestMs,
	nowIn,
	parseWorld,
	profileOf,
	type ReceivedCall,
	type SimulatedRelationship,
	type World,
} from "./world";
import { describeInvalid } from "./worldFile";
import { storeAt, type WorldStore } from "./worldStore";

export interface SimulatorOptions {
	/** Family of both arrays. Default `generous`. */
	readonly profile?: ProfileName;
	/** Simulated seconds a wall-clock second. Default 1; 0 stands still until `advance`. */
	readonly speed?: number;
	readonly pairs?: readonly PairOptions[];
	/** Point-in-time copies of their disks, each onto a disk of its own beside its source. Default: none. */
	readonly copies?: readonly CopyOptions[];
	/** Groups of these pairs, related where their pairs are. Default: none. */
	readonly groups?: readonly GroupOptions[];
	/** Replaces a file that exists. Default false. */
	readonly force?: boolean;
	/** Wall clock in milliseconds. Default: the system's. */
	readonly now?: () => number;
}

export interface ContradictOptions {
	/** Default: the state of now. */
	readonly copyState?: CopyState;
	/** The roles are shown the other way round than they are now. */
	readonly reversed?: boolean;
	/** Default: no end but Discover. */
	readonly ms?: number;
	/** Discover on the disk or its peer at that host ends it. Default true. */
	readonly untilDiscover?: boolean;
}

/**
 * Two sites of simulated arrays in a file, to test programs and people with. Hosts `east` and `west` see one array
 * each; any other host name sees both, as a management server does.
 *
 * ```ts
 * const site = await Simulator.create("arrays.json", { force: true, pairs: [{ source: "Orders", target: "Orders-DR" }] });
 * await site.write("Orders", 3);
 * await site.host("east").down();
 * await site.array("east-array").lose();
 * ```
 */
export class Simulator {
	readonly file: string;
	private readonly store: WorldStore;
	private readonly wallClock: () => number;

	private constructor(place: string | WorldStore, wallClock: () => number) {
		this.store = storeAt(place);
		this.file = typeof place === "string" ? place : place.name;
		this.wallClock = wallClock;
	}

	/**
	 * Makes the file, or the world in another store, with disks Orders and Orders-DR, Ledger and Ledger-DR unless other
	 * pairs are given.
	 */
	static async create(place: string | WorldStore, options: SimulatorOptions = {}): Promise<Simulator> {
		const store = storeAt(place);
		if (store.exists() && options.force !== true) {
			throw mistake(
				`${typeof place === "string" ? place : store.name} exists already`,
				"give another file, or replace it: --force, or force: true.",
			);
		}
		const now = options.now ?? Date.now;
		const world = emptyWorld(now(), options.speed ?? 1);
		const profile = options.profile ?? "generous";
		world.arrays = [
			{ name: "east-array", profile, hosts: ["east"] },
			{ name: "west-array", profile, hosts: ["west"] },
		];
		const pairs = options.pairs ?? defaultPairs;
		for (const [index, pair] of pairs.entries()) addPair(world, pair, index);
		for (const copy of options.copies ?? []) addCopy(world, copy, 0);
		for (const group of options.groups ?? []) addGroups(world, group, pairs);
		store.write(world);
		return new Simulator(place, now);
	}

	/** Opens a file that exists. */
	static open(place: string | WorldStore, now: () => number = Date.now): Simulator {
		storeAt(place).read();
		return new Simulator(place, now);
	}

	/** Everything, settled to now. */
	look(): World {
		const world = this.store.read();
		settle(world, nowIn(world, this.wallClock()));
		return world;
	}

	/** Acknowledges writes to a disk. Throws if the disk takes none in its role. */
	write(disk: string, count = 1): Promise<WriteRange> {
		return this.change((world, nowMs) => {
			const found = diskNamed(world, disk);
			const { uniqueId } = found;
			if (!isUsable(world, found))
				throw mistake(`${disk} does not answer: ${ailmentOf(world, found)}`, "mend it first.");
			if (!takesWrites(world, uniqueId))
				throw mistake(`${disk} accepts no writes in its role`, "write to the end that serves.");
			return acknowledge(world, uniqueId, count, nowMs);
		});
	}

	/** What an operator does before a move: the disk takes no more writes. */
	readOnly(disk: string, readOnly = true): Promise<void> {
		return this.change((world) => {
			diskNamed(world, disk).readOnly = readOnly;
		});
	}

	host(host: string) {
		return {
			down: () => this.addFault({ kind: "hostDown", host }),
			up: () => this.removeFaults((fault) => fault.kind === "hostDown" && fault.host === host),
		};
	}

	array(array: string) {
		return {
			lose: () => this.addFault({ kind: "arrayLost", array }),
			restore: () => this.removeFaults((fault) => fault.kind === "arrayLost" && fault.array === array),
			/** What it does with copies of this kind from now on, beside what it does already. */
			copies: (kind: CopyKind, behaviour: Partial<CopyBehaviour>) =>
				this.change((world) => {
					const found = arrayNamed(world, array);
					found.copies = { ...found.copies, [kind]: { ...found.copies?.[kind], ...behaviour } };
				}),
			/** What it does with groups from now on, beside what it does already. */
			groups: (behaviour: Partial<GroupBehaviour>) =>
				this.change((world) => {
					const found = arrayNamed(world, array);
					found.groups = { ...found.groups, ...behaviour };
				}),
			/** How it makes replicas from now on. */
			creation: (creation: Creation) =>
				this.change((world) => {
					arrayNamed(world, array).creation = creation;
				}),
		};
	}

	/** What the relationship of this group says of itself from now on, whatever its members are; null: what they are. */
	groupSays(group: string, copyState: CopyState | null): Promise<void> {
		return this.change((world) => {
			const { uniqueId } = groupNamed(world, group);
			const relationship = world.groupRelationships?.find(
				({ source, target }) => source === uniqueId || target === uniqueId,
			);
			if (relationship === undefined) throw mistake(`${group} is in no relationship`, "relate it first.");
			const progressStatus = copyState === "Mixed" ? progress.Mixed : progress.Completed;
			relationship.says = copyState === null ? null : { copyState: states[copyState], progressStatus };
		});
	}

	link(one: string, other: string) {
		return {
			lose: () => this.addFault({ kind: "linkDown", arrays: [one, other] }),
			restore: () =>
				this.removeFaults(
					(fault) => fault.kind === "linkDown" && fault.arrays.includes(one) && fault.arrays.includes(other),
				),
		};
	}

	/** Somebody else reverses the roles with the array's own tools. */
	changeRoles(disk: string): Promise<void> {
		return this.changeRelationship(disk, (relationship, world) => {
			if (isCopy(relationship))
				throw mistake(`${disk} is in no mirror, and a copy has no roles`, "name a mirror's disk.");
			exchangeRoles(relationship);
			followSource(world, relationship);
		});
	}

	/** Somebody else ends the relationship with the array's own tools; the disks stay. */
	remove(disk: string): Promise<void> {
		return this.changeRelationship(disk, (relationship, world) => {
			world.relationships = world.relationships.filter((other) => other !== relationship);
		});
	}

	/** What the array tells of the relationship of this disk from now on. */
	traits(disk: string, traits: Traits): Promise<void> {
		return this.changeRelationship(disk, (relationship) => {
			relationship.traits = { ...relationship.traits, ...traits };
		});
	}

	/** What Windows says of the health of a disk; `healthy` takes it back. */
	health(disk: string, ailment: Ailment | "healthy"): Promise<void> {
		return this.change((world) => {
			const { uniqueId } = diskNamed(world, disk);
			world.faults = world.faults.filter((fault) => fault.kind !== "health" || fault.disk !== uniqueId);
			if (ailment !== "healthy") world.faults.push({ kind: "health", disk: uniqueId, ailment });
		});
	}

	/** No host lists the relationship of this disk for so long, as after a change of roles on some arrays. */
	hide(disk: string, ms: number): Promise<void> {
		return this.changeRelationship(disk, (relationship, _, nowMs) => {
			relationship.hiddenUntilMs = nowMs + duration(ms);
		});
	}

	/** Everything shows Pending for so long: something was asked of the array that it has not begun. */
	pending(disk: string, ms: number): Promise<void> {
		return this.changeRelationship(disk, (relationship, _, nowMs) => {
			const { copyState } = relationship;
			relationship.shown = { copyState, progressStatus: progress.Pending, untilMs: nowMs + duration(ms) };
		});
	}

	/** The array of this disk has no relationship any more; that of its peer still lists what it was. */
	forget(disk: string): Promise<void> {
		return this.changeRelationship(disk, (relationship, world) => {
			const { uniqueId } = diskNamed(world, disk);
			abandonCopy(world, relationship);
			// What was under way is forgotten as well: nothing would ever end it.
			for (const under of [relationship.change, ...(relationship.deferred ?? [])]) {
				endJob(world, under?.job ?? null, jobStates.Exception, "the relationship was forgotten");
			}
			relationship.change = null;
			relationship.deferred = [];
			relationship.progressStatus = profileOf(world, relationship).settledProgress;
			if (relationship.forgottenBy === undefined) relationship.forgottenBy = uniqueId;
			else world.relationships = world.relationships.filter((other) => other !== relationship);
		});
	}

	/** The array works on a disk by itself: a job that changes nothing, for so long or until it is ended by hand. */
	repairJob(disk: string, ms: number | null = null): Promise<string> {
		return this.changeRelationship(disk, (relationship, world, nowMs) => {
			const job = startJob(world, relationship);
			if (ms !== null) job.endsMs = nowMs + duration(ms);
			return job.id;
		});
	}

	/** The next operations take effect only so long after their answer, whether the caller heard it or not. */
	late(ms: number, times = 1): Promise<void> {
		return this.addFault({ kind: "late", ms, times });
	}

	/** A host goes on showing this state of the relationship, by default the one of now, roles included. */
	contradict(host: string, disk: string, options: ContradictOptions = {}): Promise<void> {
		return this.changeRelationship(disk, (relationship, world, nowMs) => {
			const fault: Fault = {
				kind: "contradict",
				host,
				disk,
				relationship: relationship.id,
				source: options.reversed === true ? relationship.target : relationship.source,
				copyState: options.copyState === undefined ? relationship.copyState : states[options.copyState],
				progressStatus: options.copyState === undefined ? relationship.progressStatus : progress.Completed,
				untilMs: options.ms === undefined ? null : nowMs + duration(options.ms),
				untilDiscover: options.untilDiscover ?? true,
			};
			world.faults.push(checkedFault(world, fault, this.store));
		});
	}

	/** Every host goes on showing this state of the relationship, by default the one of now, until it discovers. */
	async staleState(disk: string, options: Pick<ContradictOptions, "copyState"> = {}): Promise<void> {
		for (const host of knownHosts(this.store.read(), this.store)) await this.contradict(host, disk, options);
	}

	/** An operator gives a disk another name. What it is stays the same, and so does what it is related to. */
	rename(disk: string, name: string): Promise<void> {
		return this.change((world) => {
			diskNamed(world, disk).name = name;
		});
	}

	exchangeNames(one: string, other: string): Promise<void> {
		return this.change((world) => {
			const [first, second] = [diskNamed(world, one), diskNamed(world, other)];
			[first.name, second.name] = [second.name, first.name];
		});
	}

	/**
	 * Hosts report another UniqueId for a disk: another form, that of another disk, or none (empty). ObjectIds differ
	 * between disks all the same; this disk's changes too if a new one is given.
	 */
	changeUniqueId(disk: string, uniqueId: string, objectId?: string): Promise<void> {
		return this.change((world) => {
			const found = diskNamed(world, disk);
			found.reports = { uniqueId, objectId: objectId ?? found.reports?.objectId ?? found.uniqueId };
		});
	}

	addFault(fault: Fault): Promise<void> {
		return this.change((world) => {
			world.faults.push(checkedFault(world, fault, this.store));
		});
	}

	removeFaults(matches: (fault: Fault) => boolean = () => true): Promise<void> {
		return this.change((world) => {
			world.faults = world.faults.filter((fault) => !matches(fault));
		});
	}

	/** Moves simulated time forward. */
	advance(ms: number): Promise<void> {
		if (!(ms >= 0)) throw mistake(`time cannot go back (${ms} ms)`, "give a duration of 0 or more.");
		return this.change((world) => {
			if (world.clock.simulatedMs + ms > latestMs)
				throw mistake(`there is no such time (${ms} ms from now)`, "give a shorter duration.");
			world.clock.simulatedMs += ms;
			settle(world, nowIn(world, this.wallClock()));
		});
	}

	/** The calls that steer replication, in the order in which they were received. */
	calls(): readonly ReceivedCall[] {
		return this.everyCall().filter(({ method }) => method !== "Discover");
	}

	/** The same with Discover, which changes what a host knows and nothing that an array holds. */
	everyCall(): readonly ReceivedCall[] {
		return this.store.read().calls;
	}

	/** Acknowledged writes that no disk holds any more, and those that one disk lacks. */
	writes(disk?: string): { readonly lost: number; readonly lacking: number } {
		const world = this.look();
		const all: WriteRange[] = world.lastWrite === 0 ? [] : [[1, world.lastWrite]];
		return {
			lost: countWrites(lostWrites(world)),
			lacking: disk === undefined ? 0 : countWrites(withoutWrites(all, diskNamed(world, disk).content)),
		};
	}

	/**
	 * Of the copy that this disk is: its moment, how many writes of it the disk lacks, and how many of its own it holds.
	 * `null`: no point in time is held.
	 */
	pointInTime(
		disk: string,
	): { readonly at: string; readonly lacking: number; readonly own: number; readonly whole: boolean } | null {
		const world = this.look();
		const { uniqueId, content } = diskNamed(world, disk);
		const copy = world.relationships.find((each) => isCopy(each) && each.target === uniqueId);
		if (copy?.pointInTime == null) return null;
		return {
			at: new Date(copy.pointInTime.atMs).toISOString(),
			lacking: countWrites(withoutWrites(copy.pointInTime.writes, content)),
			own: countWrites(ownWrites(world, copy)),
			whole: copy.consistent,
		};
	}

	private changeRelationship<T>(
		disk: string,
		act: (relationship: SimulatedRelationship, world: World, nowMs: number) => T,
	): Promise<T> {
		return this.change((world, nowMs) => {
			const relationship = relationshipMeant(world, disk);
			if (relationship === undefined) throw mistake(`${disk} is in no relationship`, relatedDisks(world));
			return act(relationship, world, nowMs);
		});
	}

	/** Changes the world under the file's lock, settled to now before and after. */
	change<T>(act: (world: World, nowMs: number) => T): Promise<T> {
		return this.store.change((world) => {
			const nowMs = nowIn(world, this.wallClock());
			settle(world, nowMs);
			const result = act(world, nowMs);
			settle(world, nowMs);
			refuseInvalid(world);
			return result;
		});
	}
}

/** What was written and cannot be read again would end every test that uses the file. */
function refuseInvalid(world: World): void {
	try {
		parseWorld(world);
	} catch (error) {
		throw mistake(`that is nothing the simulator's file can hold: ${describeInvalid(error)}`, "give another value.");
	}
}

export function isProfileName(value: string): value is ProfileName {
	return Object.hasOwn(profiles, value);
}
