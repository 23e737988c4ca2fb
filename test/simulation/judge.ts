import type { Host, ReplicationGroups } from "../../provider/executor/host";
import { objectIdOf } from "../../provider/hosts/simulator/facts";
import { groupObjectIdOf, steeringOf } from "../../provider/hosts/simulator/groups";
import { countWrites, lostWrites, type WriteRange, withoutWrites } from "../../provider/hosts/simulator/lineage";
import {
	isCopy,
	isHalfRemoved,
	nowIn,
	type ReceivedCall,
	type SimulatedGroupRelationship,
	type SimulatedRelationship,
	type World,
} from "../../provider/hosts/simulator/world";
import type { Bag } from "../../provider/lifecycle/arguments";
import { synchronizedCopyState as states } from "../../provider/model/vocabulary/relationship";
import type { Outcome } from "./engine";
import type { Consent } from "./printed";
import type { Declaration } from "./story";

export const verdictKinds = ["lost", "sent twice", "ended", "stuck", "unexplained"] as const;
export type VerdictKind = (typeof verdictKinds)[number];

export interface Verdict {
	readonly kind: VerdictKind;
	readonly what: string;
}

/** One run of the engine as the judge knows it: what it was told to do, and what it was consented to. */
/** Who served when a run that remembers ended, and for what; null: nobody remembers. */
export type Agreed = { readonly serving: string; readonly declared: Declaration } | null;

export interface Run {
	readonly number: number;
	readonly startedMs: number;
	/** By pair, what the program declares; null: it does not. */
	readonly program: readonly (Declaration | null)[];
	readonly consents: readonly Consent[];
	/** What runs before it left, by pair. */
	readonly agreed: readonly Agreed[];
	/** Wishes the relationships gone. */
	readonly destroys: boolean;
	/** The engine is gone, or told the run to end: nothing further may be sent. */
	over: boolean;
	/** Something beside the run changed what it looks at while it was on. */
	disturbed: boolean;
	/** Somebody changed something between the run's own checks and its changes. */
	changedAfterChecks: boolean;
	/** Its program declares pairs: those that groups steer it leaves to them. */
	readonly ofPairs: boolean;
	/** By pair: calls of this run that arrived, in order. */
	readonly calls: Map<number, ReceivedCall[]>;
	/** Pairs of which this run destroyed writes, with consent or without. */
	readonly destroyed: Set<number>;
}

/** What the program's author was told of a resource. */
export interface Heard {
	readonly told: readonly string[];
	/** Before the first change. */
	readonly shown: readonly string[];
	/** The only resource of its pair in this run: calls are its own. */
	readonly isAlone: boolean;
	/** What it declares is there: of groups more than their pairs. */
	readonly isThere: boolean;
}

/** Who moved a pair last, with an effect. */
type Actor =
	| {
			readonly by: "run";
			readonly run: Run;
			readonly operation: string;
			readonly atMs: number;
			/** The last write that was acknowledged by then. */
			readonly upTo: number;
	  }
	| { readonly by: "stranger" };

/** A call that is on its way, and how many calls the arrays had heard of then. */
interface Flight {
	readonly run: Run;
	/** The pairs that it is about, as they were before: several of a group. */
	readonly pairs: readonly Before[];
	/** Names of what it may be called on. */
	readonly on: readonly string[];
	heard: number;
}

interface Before {
	readonly pair: number;
	readonly relationship: SimulatedRelationship | null;
}

/** After these nothing is overwritten, whatever happens next is the array's doing. */
const sparesWrites: readonly string[] = ["Suspend", "Fracture", "Split", "Detach", "Dissolve"];

/** These copy onto a disk that serves nobody: what is written to it after they arrived, nobody could be asked for. */
const copies: readonly string[] = ["Resume", "ResyncReplica", "CreateReplica"];

/** An asynchronous tail, and how roughly a lag in seconds is told. */
export const tailMs = 6_000;
const measuredMs = 1_000;
/** How long a relationship may be hidden and must still be waited for. */
const hiddenMs = 3_000;

/**
 * Holds what the arrays went through against what was consented to. It knows roles, acknowledged writes, consents as they
 * were printed, calls that arrived and final states, and nothing of plans, records or rules.
 */
export class Judge {
	readonly verdicts: Verdict[] = [];
	readonly pairs: readonly { readonly source: string; readonly target: string }[];
	private readonly world: () => World;
	private readonly now: () => number;
	private readonly onCall: (operation: string, copyState: string) => void;
	private readonly writtenMs: number[] = [];
	private readonly unwanted: WriteRange[] = [];
	private readonly flights = new Set<Flight>();
	private readonly actors: (Actor | null)[];
	readonly agreed: Agreed[] = [];
	private contents = new Map<string, readonly WriteRange[]>();
	private lost: readonly WriteRange[] = [];

	constructor(
		pairs: readonly { readonly source: string; readonly target: string }[],
		world: () => World,
		now: () => number,
		onCall: (operation: string, copyState: string) => void,
	) {
		this.onCall = onCall;
		this.pairs = pairs;
		this.world = world;
		this.now = now;
		this.actors = pairs.map(() => null);
		this.look();
	}

	say(kind: VerdictKind, what: string): void {
		this.verdicts.push({ kind, what });
	}

	/** The application heard that its writes up to this one were taken. */
	acknowledged(upTo: number): void {
		for (let write = this.writtenMs.length; write <= upTo; write++) this.writtenMs[write] = this.now();
	}

	/** What a copy holds of its own by now is nobody's loss any more, where its array says that it holds nothing. */
	givenUp(uniqueId: string): void {
		const { relationships, disks } = this.world();
		const relationship = relationships.find(({ target }) => target === uniqueId);
		if (relationship?.copyState !== states.Synchronized) return;
		const contentOf = (id: string) => disks.find((disk) => disk.uniqueId === id)?.content ?? [];
		this.unwanted.push(...withoutWrites(contentOf(uniqueId), contentOf(relationship.source)));
	}

	/** When the application heard of a write. */
	writtenAt(write: number): number {
		return this.writtenMs[write] ?? 0;
	}

	strangerActed(pair: number): void {
		this.look();
		this.actors[pair] = { by: "stranger" };
	}

	/** Counts what is gone since the last look, and asks who destroyed it and with whose consent. */
	look(): void {
		const world = this.world();
		for (const flight of this.flights) this.arrive(flight, world);
		const before = this.contents;
		this.contents = new Map(world.disks.map(({ name, content }) => [name, content]));
		// Nearly always every disk holds what it held, and then nothing can be gone.
		if (world.disks.every(({ name, content }) => holdsAll(content, before.get(name) ?? []))) return;
		const lost = lostWrites(world);
		const gone = withoutWrites(withoutWrites(lost, this.lost), this.unwanted);
		this.lost = lost;
		if (gone.length === 0) return;
		for (const [pair, { source, target }] of this.pairs.entries()) {
			for (const disk of [source, target]) {
				const held = before.get(disk) ?? [];
				const destroyed = withoutWrites(gone, withoutWrites(gone, held));
				if (destroyed.length > 0) this.judgeLoss(pair, disk, destroyed);
			}
		}
	}

	/** A host whose calls the judge sees arrive. */
	watching(host: Host, run: Run): Host {
		return {
			...host,
			setReplicationRelationship: (request) =>
				this.call(run, request.diskObjectId, () => host.setReplicationRelationship(request)),
			createReplica: (request) => this.call(run, request.sourceDiskObjectId, () => host.createReplica(request)),
			...(host.groups === undefined ? {} : { groups: this.watchingGroups(host.groups, run) }),
		};
	}

	private watchingGroups(groups: ReplicationGroups, run: Run): ReplicationGroups {
		return {
			...groups,
			setRelationship: (request) => this.groupCall(run, request.groupObjectId, () => groups.setRelationship(request)),
			createReplica: (request) => this.groupCall(run, request.sourceGroupObjectId, () => groups.createReplica(request)),
		};
	}

	/** What a run says of itself, held against what arrived. */
	hear(
		run: Run,
		pair: number,
		{ method, error, inputs, dropped, lost }: Outcome,
		declared: Declaration | null,
		{ told, shown, isAlone, isThere }: Heard,
	): void {
		const calls = run.calls.get(pair) ?? [];
		const name = this.pairs[pair]?.source ?? "";
		if (error !== null) {
			if (!/^SR\d{4}: /.test(error)) this.say("unexplained", `${method} of ${name} failed without a code: ${error}`);
			if (error.startsWith("SR9")) this.say("unexplained", `${method} of ${name}: ${error}`);
			if (run.destroyed.has(pair) && error.includes("Data safe: yes"))
				this.say("unexplained", `${method} of ${name} destroyed writes and says: ${error}`);
			if (
				isAlone &&
				calls.length > 0 &&
				/Data safe: yes[,;] (nothing|the operation) was (changed|sent|not sent)/.test(error)
			)
				this.say("unexplained", `${method} of ${name} sent ${operationsOf(calls).join(", ")} and says: ${error}`);
			return;
		}
		if (method === "delete" && told.every((line) => !line.includes("stays and nothing was sent"))) {
			// The host of an end that was declared lost is not asked, and may list its half for ever.
			const isLost = run.agreed[pair]?.declared.lost !== undefined || lost === true;
			if (isThere && !run.disturbed && !isLost) {
				this.say("unexplained", `delete of ${name} ended well, and the relationship is there`);
			}
		}
		if (method === "read" && dropped === true && isThere && !run.disturbed) {
			this.say("unexplained", `refresh took ${name} for gone, and it is there`);
		}
		if (inputs !== undefined) this.comparePlan(name, calls, [...plannedIn(inputs), ...shown], declared);
		// With an end declared lost a wish that needs both is kept, not reached, and said to be.
		if (declared?.lost !== undefined) return;
		// What is not touched is as the checks saw it.
		if (run.changedAfterChecks && (method === "same" || method === "create") && calls.length === 0) return;
		if (declared === null || run.disturbed || this.world().faults.length > 0 || method === "read") return;
		const standing = this.relationshipOf(pair);
		if (!holds(standing, declared, this.pairs[pair]?.source ?? "", this.world())) {
			const found =
				standing === null ? "no relationship" : `copyState ${standing.copyState}, ${standing.source} is the source`;
			this.say("unexplained", `${method} of ${name} ended well for ${declared.state}, and there is ${found}`);
		}
	}

	relationshipOf(pair: number): SimulatedRelationship | null {
		const world = this.world();
		const ids = this.idsOf(pair, world);
		return world.relationships.find(({ source, target }) => ids.includes(source) && ids.includes(target)) ?? null;
	}

	/** The relationship of groups that steers this pair. */
	private groupsOf(pair: number): SimulatedGroupRelationship | null {
		const relationship = this.relationshipOf(pair);
		return relationship === null ? null : steeringOf(this.world(), relationship);
	}

	private comparePlan(
		name: string,
		calls: readonly ReceivedCall[],
		lines: readonly string[],
		declared: Declaration | null,
	): void {
		if (declared?.onRoleChange === "adopt") return;
		const unshown = unshownIn(calls, lines);
		if (unshown.length === 0) return;
		this.say(
			"unexplained",
			`${name}: ${unshown.join(", ")} arrived, and the preview showed: ${lines.join("; ") || "nothing"}`,
		);
	}

	private call<T>(run: Run, diskObjectId: string, send: () => Promise<T>): Promise<T> {
		const disk = this.world().disks.find((each) => objectIdOf(each) === diskObjectId);
		const pair = this.pairs.findIndex(({ source, target }) => source === disk?.name || target === disk?.name);
		const { source = "", target = "" } = this.pairs[pair] ?? {};
		if (run.ofPairs && this.groupsOf(pair) !== null)
			this.say("unexplained", `a program of pairs called the disks of ${source}, which its groups steer`);
		return this.fly(run, pair < 0 ? [] : [pair], [source, target], send);
	}

	/** A call to a group is one to each of its pairs. */
	private groupCall<T>(run: Run, groupObjectId: string, send: () => Promise<T>): Promise<T> {
		const world = this.world();
		const group = world.groups?.find((each) => groupObjectIdOf(each) === groupObjectId);
		const members = world.disks.filter(({ uniqueId }) => group?.members.includes(uniqueId)).map(({ name }) => name);
		const pairs = this.pairs.flatMap(({ source, target }, pair) =>
			members.includes(source) || members.includes(target) ? [pair] : [],
		);
		return this.fly(run, pairs, [group?.name ?? ""], send);
	}

	private async fly<T>(run: Run, pairs: readonly number[], on: readonly string[], send: () => Promise<T>): Promise<T> {
		this.look();
		const before = pairs.map((pair) => ({ pair, relationship: structuredClone(this.relationshipOf(pair)) }));
		const flight = { run, pairs: before, on, heard: this.world().calls.length };
		this.flights.add(flight);
		try {
			return await send();
		} finally {
			this.look();
			this.flights.delete(flight);
		}
	}

	/** Calls of other pairs are on their way at the same time, and their look may be the first to see what this one did. */
	private arrive(flight: Flight, { calls }: World): void {
		const arrived = calls.slice(flight.heard).filter(({ disk }) => flight.on.includes(disk));
		flight.heard = calls.length;
		for (const call of arrived) {
			if (call.method === "Discover") continue;
			this.judgeRepetition(call, flight.pairs);
			for (const { pair, relationship } of flight.pairs) this.judgeCall(flight.run, pair, call, relationship);
		}
	}

	/** A member of a group may be where a call leads, unless that leads nowhere twice: then none may, else not all of them. */
	private judgeRepetition(call: ReceivedCall, pairs: readonly Before[]): void {
		const operation = operationOf(call);
		const saysSo = ({ pair }: Before) => this.groupsOf(pair)?.says?.copyState === states.Failedover;
		if (operation === "Failover" && pairs.some(saysSo))
			this.say("sent twice", `Failover of ${call.disk} arrived, and its group says that it is failed over`);
		// An old listing is looked behind only for what moves roles or copies; of the rest the array refuses a second one.
		const isHidden =
			!call.effect && !movesRoles.includes(operation) && this.world().faults.some(({ kind }) => kind === "contradict");
		if (isHidden) return;
		const nowMs = nowIn(this.world(), this.now());
		const again = pairs.filter(({ pair, relationship }) => {
			// What a stranger asked for shows when the array shows it, and no sooner.
			const isOurs = this.actors[pair]?.by === "run";
			return relationship !== null && isUnderWay(relationship, operation, isOurs, nowMs);
		});
		if (again.length === 0 || (again.length < pairs.length && !movesRoles.includes(operation))) return;
		const names = again.map(({ pair }) => this.pairs[pair]?.source).join(", ");
		this.say("sent twice", `${operation} of ${names} arrived, and the array was at it, or had done it`);
	}

	private judgeCall(run: Run, pair: number, call: ReceivedCall, before: SimulatedRelationship | null): void {
		run.calls.set(pair, [...(run.calls.get(pair) ?? []), call]);
		const operation = operationOf(call);
		const name = this.pairs[pair]?.source ?? "";
		this.onCall(operation, before === null ? "absent" : nameOf(before));
		if (run.over) this.say("unexplained", `${operation} of ${name} arrived, and the run was to send nothing further`);
		// A removal goes to either disk.
		const here = (run.calls.get(pair) ?? []).filter(({ disk }) => disk === call.disk);
		const same = here.slice(-mostSends - 1).map(operationOf);
		if (same.length > mostSends && same.every((each) => each === operation)) {
			this.say("sent twice", `${operation} of ${name} arrived ${same.length} times in one run`);
		}
		if (!call.effect || ofGroupsOnly.includes(operation)) return;
		this.judgeRoles(run, pair, operation, before);
		const removes = operation === "Detach" || operation === "Dissolve";
		const wished = run.destroys || run.program[pair] === null;
		if (removes && !wished && before !== null && !isHalfRemoved(before)) {
			this.say("ended", `${operation} of ${name} arrived, and the program declares that pair`);
		}
		this.actors[pair] = { by: "run", run, operation, atMs: this.now(), upTo: this.writtenMs.length - 1 };
		if (operation === "Failover" && before !== null && this.wasTaken(pair, before))
			this.judgeLeftBehind(run, pair, before);
	}

	/** A call to a group may take some of its members only: the others stay as they were. */
	private wasTaken(pair: number, before: SimulatedRelationship): boolean {
		const { copyState, change = null, deferred = [] } = this.relationshipOf(pair) ?? {};
		return copyState !== before.copyState || change !== null || deferred.length > 0;
	}

	/** A run with `onRoleChange: stop` that moves what a stranger has moved since the last one. */
	private judgeRoles(run: Run, pair: number, operation: string, before: SimulatedRelationship | null): void {
		const agreed = run.agreed[pair] ?? null;
		const declared = run.program[pair] ?? null;
		if (agreed === null || declared === null || before === null || run.destroys) return;
		if ((declared.onRoleChange ?? "stop") !== "stop" || !isSameWish(declared, agreed.declared)) return;
		// Under a new name it is a new resource, which adopts the roles that it finds and shows its plan.
		if (declared.renamed !== agreed.declared.renamed) return;
		if (!movesRoles.includes(operation) || (run.calls.get(pair) ?? []).filter(({ effect }) => effect).length > 1)
			return;
		if (this.actors[pair]?.by !== "stranger" || servingIn(before) === agreed.serving) return;
		this.say(
			"unexplained",
			`${operation} of ${this.pairs[pair]?.source} arrived: a stranger had changed the roles, and onRoleChange is stop`,
		);
	}

	/** What a run that ended well, or half way, remembers of the roles. */
	kept(pair: number, declared: Declaration | null): void {
		const relationship = this.relationshipOf(pair);
		this.agreed[pair] =
			relationship === null || declared === null ? null : { serving: servingIn(relationship), declared };
	}

	/** What the end that stops serving holds and the other does not, is lost to whoever reads there from now on. */
	private judgeLeftBehind(run: Run, pair: number, { source, target }: SimulatedRelationship): void {
		const world = this.world();
		const at = (id: string) => world.disks.find(({ uniqueId }) => uniqueId === id);
		const left = withoutWrites(at(source)?.content ?? [], at(target)?.content ?? []);
		if (left.length > 0)
			this.judgeConsent(run, pair, at(source)?.name ?? "", left, this.now(), "left behind by Failover");
	}

	private judgeLoss(pair: number, disk: string, destroyed: readonly WriteRange[]): void {
		const actor = this.actors[pair] ?? null;
		if (actor === null || actor.by === "stranger" || sparesWrites.includes(actor.operation)) return;
		if (copies.includes(actor.operation) && this.isRestored(pair, disk)) return;
		const later: WriteRange[] = copies.includes(actor.operation) ? [[actor.upTo + 1, Number.MAX_SAFE_INTEGER]] : [];
		const known = withoutWrites(destroyed, later);
		if (known.length > 0)
			this.judgeConsent(actor.run, pair, disk, known, actor.atMs, `destroyed by ${actor.operation}`);
	}

	/** What is copied forward takes nothing of its source: what goes there while a copy is restored onto it, the restore took. */
	private isRestored(pair: number, disk: string): boolean {
		const { disks, relationships } = this.world();
		const source = this.relationshipOf(pair)?.source;
		if (source === undefined || disks.find(({ name }) => name === disk)?.uniqueId !== source) return false;
		return relationships.some((each) => isCopy(each) && each.source === source && each.copy?.backwards === true);
	}

	private judgeConsent(
		run: Run,
		pair: number,
		disk: string,
		writes: readonly WriteRange[],
		calledMs: number,
		how: string,
	): void {
		run.destroyed.add(pair);
		const left = this.writesIn(writes).filter(
			(write) => !this.isConsented(run, pair, disk, this.writtenMs[write] ?? 0, calledMs),
		);
		if (left.length === 0) return;
		const consents = run.consents.flatMap(({ losses }) => losses.map((loss) => `${loss.disk}: ${loss.age}`));
		const told = consents.length === 0 ? "no consent" : `consent to ${consents.join(", ")}`;
		const ages = left.map((write) => Math.round((this.now() - (this.writtenMs[write] ?? 0)) / 1000));
		this.say(
			"lost",
			`${left.length} of ${countWrites(writes)} acknowledged writes of ${disk} ${how} in run ${run.number}, ${Math.min(...ages)} to ${Math.max(...ages)} s old, with ${told}`,
		);
	}

	private isConsented(run: Run, pair: number, disk: string, atMs: number, calledMs: number): boolean {
		const { keep, swapped, maxDataLossSeconds: recent } = run.program[pair] ?? {};
		const isSource = disk === this.pairs[pair]?.source;
		const end = isSource === (swapped !== true) ? "source" : "target";
		// Of a line that carries nothing for a while, or did, the tail is as old as it likes, and is what has not arrived all the same.
		const oldestMs = this.relationshipOf(pair)?.traits?.tailStands === undefined ? tailMs : Number.POSITIVE_INFINITY;
		// Nothing consents to old writes of the end that is to be kept.
		if (keep === end && atMs < run.startedMs - oldestMs && !run.destroys) return false;
		if (recent !== undefined && atMs >= calledMs - recent * 1_000 - measuredMs) return true;
		return run.consents.some(({ losses, printedMs }) =>
			losses.some((loss) => loss.disk === disk && (loss.age === "any" || atMs >= printedMs - oldestMs)),
		);
	}

	private writesIn(ranges: readonly WriteRange[]): number[] {
		return ranges.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, index) => from + index));
	}

	private idsOf(pair: number, world: World): readonly string[] {
		const names = this.pairs[pair];
		return world.disks
			.filter(({ name }) => name === names?.source || name === names?.target)
			.map(({ uniqueId }) => uniqueId);
	}
}

function nameOf({ copyState, copy, change }: SimulatedRelationship): string {
	const name = Object.entries(states).find(([, value]) => value === copyState)?.[0] ?? String(copyState);
	return `${name}${copy === null ? "" : ", copying"}${change === null ? "" : ", moving"}`;
}

/** Both ascending, and joined where they touch. */
export function holdsAll(content: readonly WriteRange[], wanted: readonly WriteRange[]): boolean {
	let at = 0;
	return wanted.every(([from, to]) => {
		while (at < content.length && (content[at]?.[1] ?? 0) < from) at++;
		const range = content[at];
		return range !== undefined && range[0] <= from && range[1] >= to;
	});
}

const movesRoles: readonly string[] = ["Failover", "Failback", "ReverseRoles"];

/** Once, and once more after a cache that was out of date. */
export const mostSends = 2;

function servingIn({ source, target, copyState }: SimulatedRelationship): string {
	return copyState === states.Failedover ? target : source;
}

function isSameWish(one: Declaration, other: Declaration): boolean {
	const told = ({ state, failoverTo, syncMode, swapped }: Declaration) =>
		JSON.stringify([state, failoverTo, syncMode, swapped]);
	return told(one) === told(other);
}

export function plannedIn({ plannedOperations }: Bag): string[] {
	return Array.isArray(plannedOperations) ? plannedOperations.map(String) : [];
}

/** What a run did and no line told before. */
export function unshownIn(calls: readonly ReceivedCall[], lines: readonly string[]): string[] {
	if (lines.some((line) => line.includes("then plan again"))) return [];
	const sent = operationsOf(calls.filter(({ effect }) => effect));
	const shown = lines.join("\n");
	// Which mode an array gives to what it makes nobody knows before, and up says so (docs/hosts.md).
	const setsMode = (operation: string) => sent.includes("CreateReplica") && operation.startsWith("ResetTo");
	return sent.filter((operation) => !shown.includes(operation) && !setsMode(operation));
}

export function operationsOf(calls: readonly ReceivedCall[]): string[] {
	return calls.map(operationOf);
}

/** `CreateReplica` is that of a group, too. */
function operationOf({ operation, method }: ReceivedCall): string {
	return operation ?? method.replace("ReplicationGroup.", "");
}

/** These move no member. */
const ofGroupsOnly: readonly string[] = [
	"ActivateConsistency",
	"AddSyncPair",
	"DeactivateConsistency",
	"RemoveSyncPair",
];

/** The array is at this operation, has it before it, or stands where a second one undoes the first. */
function isUnderWay(before: SimulatedRelationship, operation: string, isOurs: boolean, nowMs: number): boolean {
	// Hidden for longer than that nobody can tell it from gone.
	if (operation === "CreateReplica") return (before.hiddenUntilMs ?? nowMs) - nowMs <= hiddenMs;
	if (operation === "Failover" && before.copyState === states.Failedover) return true;
	const waiting = isOurs ? (before.deferred ?? []).map((each) => each.operation) : [];
	return [before.change?.operation, ...waiting].includes(operation);
}

/** Does the wish hold on the array? */
export function holds(
	relationship: SimulatedRelationship | null,
	{ state, swapped, failoverTo, onRoleChange }: Declaration,
	source: string,
	world: World,
): boolean {
	if (relationship === null || relationship.change !== null) return false;
	const named = world.disks.find(({ name }) => name === source)?.uniqueId;
	const forward = (relationship.source === named) === (swapped !== true);
	const { copyState } = relationship;
	switch (state) {
		case "active":
		case "reversed":
			if (onRoleChange === "adopt") return true;
			return copyState === states.Synchronized && forward === (state === "active");
		case "failedOver":
			return onRoleChange === "adopt" || (copyState === states.Failedover && forward === (failoverTo !== "source"));
		case "suspended":
		case "split":
			return copyState !== states.Synchronized && copyState !== states.Failedover && relationship.copy === null;
		default:
			return state satisfies never;
	}
}
