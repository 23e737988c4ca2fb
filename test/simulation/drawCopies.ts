import type { CopyBehaviour, CopyKind, Fault, ProfileName } from "../../provider/hosts/simulator";
import { profiles } from "../../provider/hosts/simulator/profiles";
import { replicationCapabilitiesGetSupportedFeaturesFeatures as features } from "../../provider/model/vocabulary/capabilities";
import { type CopyMotif, copyMotifs } from "./copyMotifs";
import { drawCut, drawFault } from "./drawFaults";
import { Lot } from "./lot";
import type { CopyDeclaration, CopyMove, CopyOfStory, Meanwhile, Move, Story, WorldOfStory } from "./story";

/**
 * Of a stream of their own, so that a story that gets none is the one that its seed had before there were copies. This
 * stream gives none to the seeds of the mutants that were recorded then.
 */
const stream = 114;

/** The same story with copies in it, one of copies alone, or, mostly, the same story. */
export function drawCopies(seed: number, mirrors: Story | null, only = ""): Story {
	const lot = new Lot(seed ^ stream);
	if (mirrors !== null && (!lot.chance(0.15) || mirrors.world.creation.ownNames === true)) return mirrors;
	// Copies beside groups are those of their disks.
	const isAlone = mirrors === null || (mirrors.world.group === undefined && lot.chance(0.7));
	const drawn = isAlone ? worldOfCopies(lot) : mirrors.world;
	const motif =
		mirrors === null || lot.chance(0.5) ? lot.pick(copyMotifs.filter(({ name }) => name.includes(only))) : null;
	const world: WorldOfStory = { ...drawn, ...copiesFor(lot, drawn, motif) };
	const moves = new Moves(lot, world);
	const copyMoves = motif === null ? [moves.up(true)] : motif.moves(lot, world).flatMap((move) => moves.after(move));
	const count = copyMoves.length + (motif === null ? 2 + lot.upTo(5) : lot.pick([0, 0, 1, 3]));
	while (copyMoves.length < count) copyMoves.push(moves.any());
	return { seed, world, moves: isAlone ? copyMoves : interleaved(lot, mirrors.moves, copyMoves) };
}

/** Both in their order. */
function interleaved(lot: Lot, one: readonly Move[], other: readonly Move[]): Move[] {
	const [first, ...rest] = one;
	const [next, ...others] = other;
	if (first === undefined) return [...other];
	if (next === undefined) return [...one];
	return lot.chance(one.length / (one.length + other.length))
		? [first, ...interleaved(lot, rest, other)]
		: [next, ...interleaved(lot, one, others)];
}

/** Nobody declares the mirror, if there is one. */
function worldOfCopies(lot: Lot): WorldOfStory {
	return {
		profile: lot.pick(Object.keys(profiles) as ProfileName[]),
		layout: lot.pick(["oneHost", "twoHosts"]),
		creation: lot.chance(0.7) ? {} : { asJob: lot.chance(0.6) },
		pairs: [
			{
				name: "Orders",
				syncMode: lot.pick(["synchronous", "asynchronous"]),
				related: lot.chance(0.4),
				traits: {},
			},
		],
	};
}

function copiesFor(
	lot: Lot,
	{ pairs }: WorldOfStory,
	motif: CopyMotif | null,
): Pick<WorldOfStory, "copies" | "copying"> {
	const {
		kinds = ["Snapshot", "Snapshot", "Clone", "Clone", "TokenizedClone"],
		disk,
		end,
		behaviour = {},
		keepsDisk,
	} = motif?.needs ?? {};
	const first: CopyOfStory = {
		kind: lot.pick(kinds),
		pair: lot.upTo(pairs.length - 1),
		end: end ?? lot.pick(["source", "source", "target"]),
		disk: disk ?? lot.pick(["made", "made", "somebodys", "related"]),
		...(keepsDisk === true || lot.chance(0.05) ? { keepsDisk: true as const } : {}),
	};
	const other: CopyOfStory = { ...first, kind: first.kind === "Snapshot" ? "Clone" : "Snapshot", disk: "made" };
	return {
		copies: lot.chance(0.2) || motif?.needs?.two === true ? [first, other] : [first],
		copying: {
			Snapshot: { ...drawBehaviour(lot, "Snapshot"), ...behaviour },
			Clone: { ...drawBehaviour(lot, "Clone"), ...behaviour },
		},
	};
}

function drawBehaviour(lot: Lot, kind: CopyKind): Partial<CopyBehaviour> {
	if (lot.chance(0.3)) return {};
	const afterRestore = lot.pick(["Synchronized", "Synchronized", "Broken", "Inactive", "Restored"]);
	const has = [
		...(lot.chance(0.1) ? [features.ErrorRecoveryFromBrokenStateAutomatic] : []),
		...(lot.chance(0.05) ? [features.TargetMustRemainAssociatedToSource] : []),
		...(kind === "Clone" && lot.chance(0.4) ? [features.SynchronizedCloneTargetDetachesAutomatically] : []),
		...(lot.chance(0.15) ? [features.ResyncOperationRequiresSubsequentActivate] : []),
		...(lot.chance(0.08) ? [features.CopyOperationRequiresOfflineSource] : []),
		// Where nothing is held after a restore there is nothing to go on with.
		...(afterRestore !== "Inactive" && lot.chance(0.15)
			? [
					lot.pick([
						features.RestoreOperationRequiresSubsequentDetach,
						features.RestoreOperationRequiresSubsequentFracture,
						features.RestoreOperationRequiresSubsequentResume,
					]),
				]
			: []),
	];
	return {
		features: has,
		jobs: (["Activate", "Detach", "ResyncReplica", "RestoreFromReplica"] as const).filter(() => lot.chance(0.25)),
		afterRestore,
		...(lot.chance(0.3) ? { haltedVanishes: true } : {}),
		...(lot.chance(0.35) ? { reportsSyncTime: false } : {}),
	};
}

/** Draws moves one after the other: most programs are run again with little changed. */
class Moves {
	private program: readonly (CopyDeclaration | null)[] = [];
	private labels = 0;

	constructor(
		private readonly lot: Lot,
		private readonly world: WorldOfStory,
	) {}

	/** What a motif has drawn goes on from there, with something else in between now and then. */
	after(move: Move): readonly Move[] {
		const between = this.program.length > 0 && this.lot.chance(0.08) ? [this.any()] : [];
		if (move.move !== "copiesUp") return [...between, move];
		this.program = this.copies.map((_, copy) => move.copies[copy] ?? this.program[copy] ?? { state: "active" });
		return [...between, { ...move, copies: this.program }];
	}

	up(isFirst: boolean): CopyMove {
		const { lot } = this;
		if (isFirst || !lot.chance(lot.steadiness * 0.6))
			this.program = this.copies.map(({ kind }, copy) => {
				const before = this.program[copy];
				if (before == null) return !isFirst && lot.chance(0.3) ? null : this.declaration(kind, isFirst);
				return this.changed(kind, before);
			});
		return {
			move: "copiesUp",
			copies: this.program,
			approve: lot.swarm("approve", ["nothing", "asPrinted", "asPrinted", "old"] as const),
			cut: isFirst && lot.chance(0.7) ? null : drawCut(lot),
			meanwhile: this.meanwhile(),
			between: lot.chance(0.12) ? this.small() : null,
		};
	}

	any(): Move {
		const { lot } = this;
		if (lot.chance(0.5)) return this.up(false);
		const move = lot.swarm("copyMove", ["copiesRefresh", "copiesDestroy", "small", "small", "small"] as const);
		if (move === "small") return this.small();
		return { move, cut: drawCut(lot), meanwhile: this.meanwhile() };
	}

	private get copies(): readonly CopyOfStory[] {
		return this.world.copies ?? [];
	}

	private declaration(kind: CopyOfStory["kind"], isFirst: boolean): CopyDeclaration {
		const { lot } = this;
		return {
			state: isFirst && lot.chance(0.7) ? "active" : this.state(kind),
			...(lot.chance(0.4) ? { triggers: 1 } : {}),
			...(lot.chance(0.5) ? { expendable: lot.pick(["pointInTime", "everything"]) } : {}),
			...(lot.chance(0.15) ? { expiresMs: lot.pick([60_000, 600_000, 7_200_000]) } : {}),
			...this.deletePolicy(kind, 0.4),
		};
	}

	private changed(kind: CopyOfStory["kind"], before: CopyDeclaration): CopyDeclaration | null {
		const { lot } = this;
		const { restore, expendable, expiresMs, keep, ...rest } = before;
		const kept = {
			...rest,
			...(expendable === undefined ? {} : { expendable }),
			...(expiresMs === undefined ? {} : { expiresMs }),
		};
		const labelled = restore === undefined ? {} : { restore };
		const what = lot.swarm("change", [
			"restore",
			"retake",
			"unlabelled",
			"state",
			"expendable",
			"expires",
			"policy",
			"keep",
			"undeclared",
		] as const);
		switch (what) {
			case "restore":
				return { ...kept, restore: `INC-${++this.labels}` };
			case "retake":
				return { ...kept, ...labelled, triggers: (before.triggers ?? 0) + 1 };
			case "unlabelled":
				return kept;
			case "state":
				return { ...kept, ...labelled, state: this.state(kind) };
			case "expendable": {
				const { expendable: _, ...bare } = kept;
				return {
					...bare,
					...labelled,
					...(lot.chance(0.7) ? { expendable: lot.pick(["pointInTime", "everything"]) } : {}),
				};
			}
			case "expires":
				return { ...kept, ...labelled, expiresMs: lot.pick([1_000, 60_000, 600_000, 7_200_000, 1e11]) };
			case "policy":
				return { ...kept, ...labelled, ...this.deletePolicy(kind, 1) };
			case "keep":
				return { ...kept, ...labelled, keep: "source" };
			case "undeclared":
				return null;
			default:
				return what satisfies never;
		}
	}

	private state(kind: CopyOfStory["kind"]): CopyDeclaration["state"] {
		return kind === "Snapshot"
			? this.lot.swarm("state", ["active", "active", "inactive"] as const)
			: this.lot.swarm("state", ["active", "suspended", "detached"] as const);
	}

	private deletePolicy(kind: CopyOfStory["kind"], chance: number): Pick<CopyDeclaration, "deletePolicy"> {
		if (!this.lot.chance(chance)) return {};
		return {
			deletePolicy:
				kind === "Snapshot"
					? this.lot.pick(["dissolve", "detach", "returnToResourcePool"])
					: this.lot.pick(["detach", "dissolve"]),
		};
	}

	private meanwhile(): Meanwhile {
		const { lot } = this;
		return {
			writeEvery: lot.pick([0, 0, 1, 3]),
			...(lot.chance(0.12) ? { faultAt: { at: 1 + lot.upTo(30), fault: this.fault() } } : {}),
			...(lot.chance(0.08) ? { copyBreaksAt: 1 + lot.upTo(5) } : {}),
			...(lot.chance(0.04) ? { copyRemade: true as const } : {}),
			...(lot.chance(0.08) ? { mendAt: 1 + lot.upTo(40) } : {}),
		};
	}

	/** A copy has no roles to write against. */
	private fault(): Fault {
		const fault = drawFault(this.lot, this.world);
		return fault.kind === "writable" ? { ...fault, kind: "staleCache" } : fault;
	}

	private small(): Move {
		const { lot } = this;
		const copy = lot.upTo(this.copies.length - 1);
		const pair = this.copies[copy]?.pair ?? 0;
		const move = lot.swarm("small", [
			"copyWrite",
			"write",
			"copyReadOnly",
			"readOnly",
			"copyStranger",
			"fault",
			"mend",
			"wait",
			"separate",
		] as const);
		switch (move) {
			case "copyWrite":
				return { move, copy, count: 1 + lot.upTo(3) };
			case "write":
				return { move, pair, count: 1 + lot.upTo(3) };
			case "copyReadOnly":
				return { move, copy, readOnly: lot.chance(0.7) };
			case "readOnly":
				return { move, pair, end: this.copies[copy]?.end ?? "source", readOnly: lot.chance(0.6) };
			case "copyStranger":
				return { move, copy, act: lot.pick(["breakOff", "detach", "makeDisk", "remake"]) };
			case "fault":
				return { move, fault: this.fault() };
			case "mend":
				return { move };
			case "wait":
				return { move, ms: lot.pick([1_000, 10_000, 120_000, 3_600_000]) };
			case "separate":
				return { move: "stranger", stranger: { act: "operation", pair, operation: lot.pick(["Split", "Fracture"]) } };
			default:
				return move satisfies never;
		}
	}
}
