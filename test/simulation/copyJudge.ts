import type { Host } from "../../provider/executor/host";
import { objectIdOf, uniqueIdOf } from "../../provider/hosts/simulator/facts";
import { countWrites, type WriteRange, withoutWrites } from "../../provider/hosts/simulator/lineage";
import type { ReceivedCall, SimulatedDisk, SimulatedRelationship, World } from "../../provider/hosts/simulator/world";
import { newerProgressStatus } from "../../provider/model/relationship";
import { virtualDiskSetReplicationRelationshipOperation as operations } from "../../provider/model/vocabulary/operations";
import {
	virtualDiskToVirtualDiskProgressStatus as progress,
	synchronizedCopyState as states,
	synchronizedSyncType as syncTypes,
} from "../../provider/model/vocabulary/relationship";
import type { Outcome } from "./engine";
import { holdsAll, mostSends, operationsOf, plannedIn, tailMs, unshownIn, type VerdictKind } from "./judge";
import type { Consent } from "./printed";
import type { CopyDeclaration } from "./story";

/** One run of the program of the copies, as the judge knows it. */
export interface CopyRun {
	readonly number: number;
	/** By the arrays' clock. */
	readonly beganAtMs: number;
	/** By copy; null: the program does not declare it. */
	readonly program: readonly (CopyDeclaration | null)[];
	readonly consents: readonly Consent[];
	/** Wishes the copies gone. */
	readonly destroys: boolean;
	/** The engine is gone, or told the run to end: nothing further may be sent. */
	over: boolean;
	/** Something beside the run changed what it looks at while it was on. */
	disturbed: boolean;
	/** By copy: calls of this run that arrived, in order. */
	readonly calls: Map<number, ReceivedCall[]>;
	/** Copies of which this run destroyed something, with consent or without. */
	readonly destroyed: Set<number>;
}

/** Names of the two disks. */
export interface CopyNames {
	readonly source: string;
	readonly target: string;
	readonly kind: "Snapshot" | "Clone" | "TokenizedClone";
}

/** What the last run that ended well was told done. */
interface Told {
	readonly triggers: number | undefined;
	readonly restore: string | undefined;
	/** When what the copy held then was taken; null: it held nothing. */
	readonly takenMs: number | null;
}

/** What is known of one copy. */
interface Known {
	/** Null: no resource remembers it. */
	told: Told | null;
	/** The copy's disk, as a run that could save something left it. */
	diskId: string | null;
	/** When a run left it taking no writes; null: it took some. */
	readOnlyMs: number | null;
	/** The last point in time that was seen. */
	image: NonNullable<SimulatedRelationship["pointInTime"]> | null;
	/** What the source held when the last call arrived that takes the copy anew. */
	taking: readonly WriteRange[] | null;
	/** What both disks held when a restore was taken that has not ended well. */
	restoring: { readonly source: readonly WriteRange[]; readonly target: readonly WriteRange[] } | null;
	/** A restore that an earlier run sent was under way when this one began. */
	isWaitedFor: boolean;
	/** Restores that ended well since a run was told done. */
	restores: number;
	/** The source was made what this point in time is; of a run that could save nothing, that may be. */
	isRestored: boolean;
}

/** The two disks and what is between them, at one moment. */
interface Seen {
	readonly relationship: SimulatedRelationship | null;
	readonly source: SimulatedDisk | undefined;
	readonly target: SimulatedDisk | undefined;
}

/** These end a copy. */
const ends: readonly string[] = ["Abort", "Detach", "Dissolve", "ReturnToResourcePool"];
/** These make the copy one of its source as it is now. */
const takes: readonly string[] = ["Activate", "CreateReplica", "ResyncReplica"];
/** In these all of what is copied has been. */
const copied: readonly number[] = [states.Synchronized, states.Fractured, states.Split, states.Skewed];
/** After these the copy's disk holds something else, or nothing. */
const replaces: readonly string[] = ["Activate", "CreateReplica", "Deactivate", "ResyncReplica"];

/**
 * Holds what happened to copies against what was consented to: law 14 of the copies. It knows what disks held when a call
 * arrived, consents as they were printed, `expendable`, and final states, and nothing of plans, records or rules.
 */
export class CopyJudge {
	/** By copy: with which arguments it was kept last; a creation that failed has no others. */
	readonly stored: (CopyDeclaration | null)[] = [];
	private readonly known: Known[];

	constructor(
		private readonly names: readonly CopyNames[],
		private readonly world: () => World,
		private readonly now: () => number,
		private readonly say: (kind: VerdictKind, what: string) => void,
		/** When a write was acknowledged. */
		private readonly writtenMs: (write: number) => number,
		/** This disk is about to be overwritten. */
		private readonly onRestore: (disk: string) => void,
	) {
		this.known = names.map(() => ({
			told: null,
			diskId: null,
			readOnlyMs: null,
			image: null,
			taking: null,
			restoring: null,
			isWaitedFor: false,
			restores: 0,
			isRestored: false,
		}));
		this.look();
	}

	/** Which restores have ended, and whether a disk is whole still of those that have not. */
	look(): void {
		for (const [copy, known] of this.known.entries()) {
			const { relationship, source, target } = this.seen(copy);
			const image = relationship?.pointInTime ?? known.image;
			if (image?.atMs !== known.image?.atMs) known.isRestored = false;
			known.image = image;
			const { restoring } = known;
			if (restoring === null) continue;
			const [atSource, atTarget] = [source?.content ?? [], target?.content ?? []];
			const isMade = holdsAll(atSource, restoring.target);
			if (isMade && isAtRest(relationship) && relationship?.copyState !== states.Broken) {
				known.restoring = null;
				known.restores++;
				known.isRestored = true;
				continue;
			}
			if (isMade || holdsAll(atSource, restoring.source) || holdsAll(atTarget, restoring.target)) continue;
			known.restoring = null;
			this.say(
				"lost",
				`a restore of ${this.nameOf(copy).source} is open, and neither it as it was nor ${this.nameOf(copy).target} is whole any more`,
			);
		}
	}

	/** A host whose calls the judge sees arrive. */
	watching(host: Host, run: CopyRun): Host {
		return {
			...host,
			setReplicationRelationship: (request) => {
				const source = this.diskWith((disk) => objectIdOf(disk) === request.diskObjectId);
				const target = this.diskWith((disk) => uniqueIdOf(disk) === request.peerUniqueId);
				// What a restore overwrites is no mirror's doing.
				if (request.operation === operations.RestoreFromReplica && source !== undefined) this.onRestore(source);
				return this.call(run, source, target, () => host.setReplicationRelationship(request));
			},
			createReplica: (request) => {
				const source = this.diskWith((disk) => objectIdOf(disk) === request.sourceDiskObjectId);
				const named = this.diskWith((disk) => uniqueIdOf(disk) === request.targetDiskUniqueId);
				return this.call(run, source, named ?? request.friendlyName ?? undefined, () => host.createReplica(request));
			},
		};
	}

	/** Calls of a mirror's program: nothing of a copy is its to end. */
	mirrorsCalled(calls: readonly ReceivedCall[]): void {
		for (const { operation, method, disk, peer } of calls) {
			const named = this.diskWith((each) => uniqueIdOf(each) === peer);
			const copy = this.names.find(({ target }) => target === disk || target === named);
			if (copy === undefined) continue;
			this.say("ended", `${operation ?? method} of ${copy.target} arrived from a program that declares a mirror`);
		}
	}

	/** A run begins: that a disk is being restored is there to be seen. */
	begins(): void {
		this.look();
		for (const [copy, known] of this.known.entries()) {
			const { relationship, target } = this.seen(copy);
			known.isWaitedFor = relationship?.copy?.backwards === true;
			if (!known.isWaitedFor || target === undefined) continue;
			known.restoring ??= { source: target.content, target: target.content };
		}
	}

	/** A run that could save nothing: what it had begun to restore nobody remembers, and when it broke off nobody saw it. */
	nothingKept(run: CopyRun): void {
		this.look();
		for (const [copy, calls] of run.calls) {
			if (calls.some(({ operation, effect }) => effect && operation === "RestoreFromReplica"))
				Object.assign(this.of(copy), { restoring: null, isRestored: true });
		}
		// Nor does anybody remember one that it only saw.
		for (const known of this.known) if (known.isWaitedFor) Object.assign(known, { restoring: null, isRestored: true });
	}

	/** What a run leaves that could save something; `declared`: it ended well, for this. */
	kept(run: CopyRun, copy: number, declared: CopyDeclaration | null): void {
		this.look();
		const known = this.of(copy);
		const diskId = this.seen(copy).target?.uniqueId ?? known.diskId;
		// With another disk it is another copy, and what it is adopted with counts as done.
		if (diskId !== known.diskId) known.told = null;
		known.diskId = diskId;
		known.readOnlyMs = this.seen(copy).target?.readOnly === true ? this.now() : null;
		if (declared === null) return;
		this.judgeTold(run, copy, declared);
		const { told, image } = known;
		// What came due after it was taken anew, or restored, was done before.
		const isOver = this.isExpired(declared) && !this.hasSent(run, copy, [...takes, "RestoreFromReplica"]);
		known.told = {
			triggers: (isOver ? undefined : declared.triggers) ?? told?.triggers,
			restore: (isOver ? undefined : declared.restore) ?? told?.restore,
			takenMs: image?.atMs ?? null,
		};
		known.restores = 0;
		if (declared.keep === "source") known.restoring = null;
	}

	/** No resource knows it any more. */
	forgotten(copy: number): void {
		Object.assign(this.of(copy), { told: null, diskId: null, restores: 0 });
		this.stored[copy] = null;
	}

	/** What a run says of itself, held against what arrived. */
	hear(run: CopyRun, copy: number, { method, error, inputs, dropped }: Outcome, shown: readonly string[]): void {
		const calls = run.calls.get(copy) ?? [];
		const name = this.nameOf(copy).target;
		if (error !== null) {
			// The engine saves nothing of a deletion that stops, so the next run knows of no restore that this one saw.
			if (method === "delete") Object.assign(this.of(copy), { restoring: null, isRestored: true });
			if (!/^SR[1-8]\d{3}: /.test(error)) this.say("unexplained", `${method} of ${name}: ${error}`);
			if (run.destroyed.has(copy) && error.includes("Data safe: yes"))
				this.say("unexplained", `${method} of ${name} destroyed what was there and says: ${error}`);
			if (calls.length > 0 && /Data safe: yes[,;] (nothing|the operation) was (changed|sent|not sent)/.test(error))
				this.say("unexplained", `${method} of ${name} sent ${operationsOf(calls).join(", ")} and says: ${error}`);
			return;
		}
		if (inputs !== undefined) {
			const lines = [...plannedIn(inputs), ...shown];
			// Some arrays hold nothing after a restore (3PAR), which no preview can know, and the copy is taken anew.
			const isRestored =
				this.of(copy).isWaitedFor ||
				calls.some(({ operation, effect }) => effect && operation === "RestoreFromReplica");
			const unshown = unshownIn(calls, lines).filter((operation) => !(isRestored && operation === "Activate"));
			if (unshown.length > 0)
				this.say("unexplained", `${name}: ${unshown.join(", ")} arrived, and the preview showed: ${lines.join("; ")}`);
		}
		const { relationship, target } = this.seen(copy);
		const isQuiet = !run.disturbed && this.world().faults.length === 0;
		if (isQuiet && relationship !== null && (method === "delete" || (method === "read" && dropped === true)))
			this.say("unexplained", `${method} took ${name} for gone, and it is there`);
		const returned = calls.some(({ operation, effect }) => effect && operation === "ReturnToResourcePool");
		if (isQuiet && method === "delete" && returned && target !== undefined)
			this.say("unexplained", `delete of ${name} ended well by ReturnToResourcePool, and the disk is there`);
		const declared = run.program[copy] ?? null;
		if (method === "same" && declared !== null) this.judgeTold(run, copy, declared);
	}

	/** Does what is declared hold on the array? Expired, it is to be gone. */
	holds(copy: number, declared: CopyDeclaration): boolean {
		const { relationship, target } = this.seen(copy);
		const { image } = this.of(copy);
		if (this.isExpired(declared)) return relationship === null;
		if (relationship === null) {
			// A clone that was let go of is what it was copied from; a restore may end a copy as well.
			const isComplete = image !== null && holdsAll(target?.content ?? [], image.writes);
			return declared.state !== "inactive" && isComplete && this.nameOf(copy).kind !== "Snapshot"
				? true
				: this.isRestored(copy);
		}
		if (!isAtRest(relationship)) return false;
		const { copyState } = relationship;
		const holdsImage = imageIn(this.seen(copy)) !== null && copyState !== states.Broken && copyState !== states.Aborted;
		const holdsNone = copyState === states.Inactive || copyState === states.Prepared;
		switch (declared.state) {
			case "active":
				return holdsImage || (holdsNone && this.isRestored(copy));
			case "inactive":
				return holdsNone || copyState === states.Initialized;
			case "suspended":
				return holdsImage || holdsNone || copyState === states.Suspended;
			case "detached":
				return false;
			default:
				return declared.state satisfies never;
		}
	}

	isExpired({ expiresMs }: CopyDeclaration): boolean {
		return expiresMs !== undefined && expiresMs <= this.now();
	}

	seen(copy: number): Seen {
		const world = this.world();
		const { source: from, target: onto } = this.nameOf(copy);
		const [source, target] = [from, onto].map((name) => world.disks.find((disk) => disk.name === name));
		const relationship = world.relationships.find(
			(each) => each.source === source?.uniqueId && each.target === target?.uniqueId,
		);
		return { relationship: relationship ?? null, source, target };
	}

	/** The source was made what the copy held, by what is seen of it. */
	private isRestored(copy: number): boolean {
		const { image, isRestored } = this.of(copy);
		return isRestored && image !== null && holdsAll(this.seen(copy).source?.content ?? [], image.writes);
	}

	/** A wish that is told as reached, and what is asked once as done. */
	private judgeTold(run: CopyRun, copy: number, declared: CopyDeclaration): void {
		if (run.disturbed || this.world().faults.length > 0) return;
		const { told, image, restores } = this.of(copy);
		const { target: name } = this.nameOf(copy);
		const { relationship } = this.seen(copy);
		// What comes due while a run is on is for the next one.
		const { expiresMs = 0 } = declared;
		const cameDue = this.isExpired(declared) && expiresMs > run.beganAtMs && relationship !== null;
		if (!cameDue && !this.holds(copy, declared)) {
			const found = relationship === null ? "no copy" : `copyState ${relationship.copyState}`;
			this.say("unexplained", `${name} ended well for ${declared.state}, and there is ${found}`);
		}
		if (told === null || this.isExpired(declared)) return;
		const { triggers, restore, state } = declared;
		if (triggers !== undefined && triggers !== told.triggers && state !== "inactive") {
			const isOld = image === null || image.atMs <= (told.takenMs ?? 0);
			if (isOld && !this.isLetGo(run, copy))
				this.say("unexplained", `${name} is told as taken anew for ${triggers}, and its point in time is the old one`);
		}
		if (restore !== undefined && restore !== told.restore && restores === 0)
			this.say("unexplained", `the restore ${restore} from ${name} is told as done, and none has ended well`);
	}

	/** It began late, was whole, and was let go between two looks: nobody saw its point in time, but its disk tells. */
	private isLetGo(run: CopyRun, copy: number): boolean {
		const { relationship, target } = this.seen(copy);
		const { taking } = this.of(copy);
		return (
			relationship === null &&
			this.hasSent(run, copy, takes) &&
			taking !== null &&
			holdsAll(target?.content ?? [], taking)
		);
	}

	private hasSent(run: CopyRun, copy: number, operations: readonly string[]): boolean {
		const calls = run.calls.get(copy) ?? [];
		return calls.some(({ effect, operation, method }) => effect && operations.includes(operation ?? method));
	}

	private async call<T>(
		run: CopyRun,
		source: string | undefined,
		target: string | undefined,
		send: () => Promise<T>,
	): Promise<T> {
		this.look();
		const copy = this.names.findIndex((each) => each.source === source && each.target === target);
		const before = copy < 0 ? null : structuredClone(this.seen(copy));
		const heard = this.world().calls.length;
		const answer = send();
		// A call has arrived, or has not, before anybody waits for its answer.
		for (const call of this.world().calls.slice(heard)) {
			if (before !== null) this.judgeCall(run, copy, call, before);
			else
				this.say(
					"unexplained",
					`${call.operation ?? call.method} of ${call.disk} with ${target} arrived, which is no copy that is declared`,
				);
		}
		this.look();
		return answer;
	}

	private judgeCall(run: CopyRun, copy: number, call: ReceivedCall, before: Seen): void {
		const operation = call.operation ?? call.method;
		const { target: name } = this.nameOf(copy);
		// Who declares that has said that the source is good as it is.
		if (run.program[copy]?.keep === "source") this.of(copy).restoring = null;
		const calls = [...(run.calls.get(copy) ?? []), call];
		run.calls.set(copy, calls);
		if (run.over) this.say("unexplained", `${operation} of ${name} arrived, and the run was to send nothing further`);
		const last = operationsOf(calls).slice(-mostSends - 1);
		if (last.length > mostSends && last.every((each) => each === operation))
			this.say("sent twice", `${operation} of ${name} arrived ${last.length} times in one run`);
		if (isUnderWay(before.relationship, operation))
			this.say("sent twice", `${operation} of ${name} arrived, and the array was at it, or had done it`);
		if (!call.effect) return;
		if (takes.includes(operation)) {
			this.of(copy).taking = before.source?.content ?? null;
			this.judgeTaken(run, copy, operation, before);
		}
		if (operation === "RestoreFromReplica") this.judgeRestore(run, copy, before);
		else this.judgeImage(run, copy, operation, before);
		if (ends.includes(operation)) this.judgeEnd(run, copy, operation, before);
	}

	/** What is copied onto is half of two disks, and so is a copy of it; a restore that broke off in this run leaves one, too. */
	private judgeTaken(run: CopyRun, copy: number, operation: string, { relationship, source }: Seen): void {
		if (operation === "Activate" && relationship?.progressStatus === progress.RequiresActivate) return;
		const restores = [...run.calls.values()].flat().filter(({ operation: sent }) => sent === "RestoreFromReplica");
		const half = this.world().relationships.find((each) => {
			const { source: from, target: onto, copy: running, copyState, sourceConsistent } = each;
			if (running !== null) return (running.backwards ? from : onto) === source?.uniqueId;
			const isBroken = copyState === states.Broken && sourceConsistent === false && each.syncType !== syncTypes.Mirror;
			return (
				isBroken && from === source?.uniqueId && restores.some(({ disk, effect }) => effect && disk === source?.name)
			);
		});
		if (half === undefined) return;
		const { target } = this.nameOf(copy);
		this.say("lost", `${operation} of ${target} arrived while its source was half of two disks`);
	}

	/** Whatever the source holds and the copy does not is gone when the array has begun. */
	private judgeRestore(run: CopyRun, copy: number, { source, target }: Seen): void {
		const known = this.of(copy);
		const declared = run.program[copy] ?? null;
		const label = declared?.restore;
		if (label === undefined) this.say("lost", `a restore of ${source?.name} arrived that nobody asked for`);
		else if (label === known.told?.restore)
			this.say("sent twice", `a restore of ${source?.name} for ${label} arrived, and that one was told as done`);
		const gone = withoutWrites(source?.content ?? [], target?.content ?? []);
		known.restoring = { source: source?.content ?? [], target: target?.content ?? [] };
		const carriers = this.world().relationships.filter(
			(each) => each.syncType === syncTypes.Mirror && each.source === source?.uniqueId,
		);
		if (carriers.some(({ copyState, forgottenBy }) => copyState === states.Synchronized && forgottenBy === undefined))
			this.say("lost", `a restore of ${source?.name} arrived, and a mirror that runs carries it to its target`);
		if (gone.length === 0) return;
		run.destroyed.add(copy);
		const left = writesIn(gone).filter((write) => !this.isApproved(run, source?.name ?? "", write));
		if (left.length === 0) return;
		this.say(
			"lost",
			`${left.length} of ${countWrites(gone)} acknowledged writes of ${source?.name} overwritten by a restore in run ${run.number}, with ${toldOf(run)}`,
		);
	}

	/** The point in time, and what was written to the copy itself. */
	private judgeImage(run: CopyRun, copy: number, operation: string, { relationship, source, target }: Seen): void {
		const { kind } = this.nameOf(copy);
		const { told, diskId, restoring } = this.of(copy);
		const returns = operation === "ReturnToResourcePool";
		const drops = replaces.includes(operation) || returns || (operation === "Detach" && kind === "Snapshot");
		// Some arrays make of what was copied a copy only then, because they said that they would want it.
		const completes = operation === "Activate" && relationship?.progressStatus === progress.RequiresActivate;
		if (!drops || completes || target === undefined) return;
		const image = imageIn({ relationship, source, target });
		const ownWrites =
			operation === "Detach"
				? []
				: withoutWrites(target.content, image?.writes ?? relationship?.pointInTime?.writes ?? []);
		// A restore copies what was written to the copy, too: its source holds that now.
		const own = restoring === null ? withoutWrites(ownWrites, source?.content ?? []) : ownWrites;
		if (image === null && own.length === 0 && !returns) return;
		run.destroyed.add(copy);
		const declared = run.program[copy] ?? null;
		const isRequired = relationship?.progressStatus === newerProgressStatus.RequiresDetach;
		const isWished =
			isRequired || run.destroys || declared === null || declared.state === "inactive" || this.isExpired(declared);
		if (image !== null && !isWished && told !== null && declared.triggers === told.triggers)
			this.say("sent twice", `${operation} of ${target.name} dropped a point in time that was asked for once`);
		// What no run remembers as the copy's is somebody else's, and while a restore is open the copy is all there is.
		const standing =
			restoring !== null || diskId !== target.uniqueId
				? "nothing"
				: (this.lastDeclared(run, copy)?.expendable ?? "nothing");
		if (standing === "everything") return;
		const isDiskNamed = run.consents.some(({ losses }) => losses.some(({ disk }) => disk === target.name));
		const isNamed = isDiskNamed || run.consents.some(({ images }) => images.includes(target.name));
		// Of what was written to the copy in this run nobody could be asked, and its image was given up.
		const isLater = (write: number) => isNamed && this.writtenMs(write) >= run.beganAtMs;
		// It took none at two looks, and what it took between them no look can tell (copies-and-groups.md §1.3).
		const { readOnlyMs } = this.of(copy);
		const isUnseen = (write: number) =>
			target.readOnly &&
			readOnlyMs !== null &&
			this.writtenMs(write) >= readOnlyMs &&
			this.writtenMs(write) < run.beganAtMs;
		const left = writesIn(own).filter(
			(write) => !this.isApproved(run, target.name, write) && !isLater(write) && !isUnseen(write),
		);
		const isImageGone = image !== null && standing !== "pointInTime" && !isNamed;
		const isDiskGone = returns && !isDiskNamed;
		if (left.length === 0 && !isImageGone && !isDiskGone) return;
		const what = [
			...(left.length > 0 ? [`${left.length} writes of its own`] : []),
			...(isImageGone ? ["the point in time"] : []),
			...(isDiskGone ? ["the disk"] : []),
		];
		this.say(
			"lost",
			`${what.join(" and ")} of ${target.name} gone by ${operation} in run ${run.number}, with expendable ${standing} and ${toldOf(run)}`,
		);
	}

	private judgeEnd(run: CopyRun, copy: number, operation: string, { relationship }: Seen): void {
		const declared = run.program[copy] ?? null;
		if (run.destroys || declared === null || this.isExpired(declared)) return;
		const isRequired = relationship?.progressStatus === newerProgressStatus.RequiresDetach;
		if (declared.state === "detached" || isRequired) return;
		this.say("ended", `${operation} of ${this.nameOf(copy).target} arrived, and the program declares that copy`);
	}

	/** What a deletion goes by is what the last run stored. */
	private lastDeclared(run: CopyRun, copy: number): CopyDeclaration | null {
		return (run.destroys ? null : run.program[copy]) ?? this.stored[copy] ?? null;
	}

	/** A token whose print named that disk, and writes of that age. */
	private isApproved(run: CopyRun, name: string, write: number): boolean {
		return run.consents.some(({ losses, printedMs }) =>
			losses.some(({ disk, age }) => disk === name && (age === "any" || this.writtenMs(write) >= printedMs - tailMs)),
		);
	}

	private diskWith(is: (disk: SimulatedDisk) => boolean): string | undefined {
		return this.world().disks.find(is)?.name;
	}

	private of(copy: number): Known {
		return this.known[copy] as Known;
	}

	private nameOf(copy: number): CopyNames {
		return this.names[copy] as CopyNames;
	}
}

/** The point in time, where the copy's disk holds all of it. */
function imageIn({ relationship, target }: Seen): Known["image"] {
	const image = relationship?.pointInTime ?? null;
	// A whole image of half a disk is not a consistent one.
	const isOfHalf = image?.whole === false && copied.includes(relationship?.copyState ?? states.Unsynchronized);
	// Of an empty source every disk holds all.
	const holdsIt = relationship?.consistent === true || isOfHalf || (image?.writes.length ?? 0) > 0;
	const isThere = image !== null && holdsIt && holdsAll(target?.content ?? [], image.writes);
	return isThere && isAtRest(relationship) ? image : null;
}

/** Nothing moves, and nothing that was taken is still to begin. */
function isAtRest(relationship: SimulatedRelationship | null): boolean {
	if (relationship === null) return true;
	const { copy, change, deferred = [] } = relationship;
	return copy === null && change === null && deferred.length === 0;
}

/** The array is at this operation, or has it before it. */
function isUnderWay(before: SimulatedRelationship | null, operation: string): boolean {
	if (before === null) return false;
	if (operation === "CreateReplica") return true;
	const { change, copy, deferred = [] } = before;
	if (operation === "RestoreFromReplica" && copy?.backwards === true) return true;
	return [change?.operation, ...deferred.map((each) => each.operation)].includes(operation);
}

function writesIn(ranges: readonly WriteRange[]): number[] {
	return ranges.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, index) => from + index));
}

function toldOf({ consents }: CopyRun): string {
	const told = consents.flatMap(({ losses }) => losses.map(({ disk, age }) => `${disk}: ${age}`));
	return told.length === 0 ? "no consent" : `consent to ${told.join(", ")}`;
}
