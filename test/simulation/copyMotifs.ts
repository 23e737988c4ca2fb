import type { CopyBehaviour } from "../../provider/hosts/simulator";
import type { End } from "../../provider/model/relationship";
import { replicationCapabilitiesGetSupportedFeaturesFeatures as features } from "../../provider/model/vocabulary/capabilities";
import type { Lot } from "./lot";
import type { CopyDeclaration, CopyMove, CopyOfStory, Cut, Move, WorldOfStory } from "./story";

/** A sequence with a copy that is known to matter. The lot decides the rest. */
export interface CopyMotif {
	readonly name: string;
	/** What it makes no sense without. */
	readonly needs?: {
		readonly kinds?: readonly CopyOfStory["kind"][];
		readonly disk?: CopyOfStory["disk"];
		readonly end?: End;
		readonly behaviour?: Partial<CopyBehaviour>;
		readonly keepsDisk?: true;
		/** A second copy of the same disk. */
		readonly two?: true;
	};
	readonly moves: (lot: Lot, world: WorldOfStory) => readonly Move[];
}

type Up = Extract<CopyMove, { move: "copiesUp" }>;

const late: Move = { move: "fault", fault: { kind: "late", ms: 8_000, times: 1 } };

export const copyMotifs: readonly CopyMotif[] = [
	{
		name: "a copy is restored, with consent or without",
		moves: (lot, world) => [
			up(lot),
			writes(lot, world),
			...separated(lot, world),
			up(lot, { restore: "INC-A" }, { approve: lot.pick(["nothing", "asPrinted"]), cut: cutNow(lot) }),
			writes(lot, world),
			up(lot, { restore: "INC-A" }, { approve: lot.pick(["nothing", "asPrinted", "old"]) }),
		],
	},
	{
		name: "what may be expended is the copy, and a restore is asked for",
		moves: (lot, world) => [
			up(lot, { expendable: "everything" }),
			writes(lot, world),
			...separated(lot, world),
			up(lot, { expendable: "everything", restore: "INC-A" }),
		],
	},
	{
		name: "a restore that does not end well, and then something else is wished",
		needs: { behaviour: { afterRestore: "Broken" } },
		moves: (lot, world) => [
			up(lot),
			writes(lot, world),
			...separated(lot, world),
			up(lot, { restore: "INC-A", expendable: "everything" }, { approve: "asPrinted", cut: cutNow(lot) }),
			up(lot, afterBroken(lot), { approve: "asPrinted" }),
			...(lot.chance(0.4)
				? [{ move: "copiesDestroy", cut: null, meanwhile: { writeEvery: 0 } } as const]
				: [up(lot, afterBroken(lot), { approve: "asPrinted" })]),
		],
	},
	{
		name: "a new point in time is asked for, and the copy was written to",
		moves: (lot, world) => [
			up(lot, { triggers: 1 }),
			writes(lot, world),
			...(lot.chance(0.6) ? [copyWrites(lot)] : []),
			...(lot.chance(0.4) ? [late] : []),
			up(lot, { triggers: 2, ...expendable(lot) }, { approve: lot.pick(["nothing", "asPrinted"]), cut: cutNow(lot) }),
			up(lot, { triggers: 2, ...expendable(lot) }, { approve: lot.pick(["nothing", "asPrinted", "old"]) }),
		],
	},
	{
		name: "a drill of the mirror's target expires",
		needs: { kinds: ["Snapshot"], end: "target", disk: "made" },
		moves: (lot) => {
			const drill = { expendable: "everything", deletePolicy: "returnToResourcePool" } as const;
			return [
				up(lot, { ...drill, expiresMs: 60_000 }),
				...(lot.chance(0.7) ? [copyWrites(lot)] : []),
				{ move: "wait", ms: 120_000 },
				up(lot, { ...drill, expiresMs: 60_000 }, { cut: lot.chance(0.3) ? cutNow(lot) : null }),
				...(lot.chance(0.5) ? [{ move: "copyStranger", copy: 0, act: "makeDisk" } as const] : []),
				up(lot, { ...drill, expiresMs: lot.pick([60_000, 7_200_000]) }),
			];
		},
	},
	{
		name: "a copy expires, and its disk is another one by then",
		needs: { kinds: ["Snapshot"], disk: "made" },
		moves: (lot) => [
			up(lot, { expendable: "everything", deletePolicy: "returnToResourcePool", expiresMs: 60_000 }),
			{ move: "copyStranger", copy: 0, act: lot.pick(["detach", "remake", "breakOff", "breakOff"]) },
			{ move: "wait", ms: 120_000 },
			up(
				lot,
				{ expendable: "everything", deletePolicy: "returnToResourcePool", expiresMs: 60_000 },
				lot.chance(0.5) ? { meanwhile: { writeEvery: 0, copyRemade: true } } : {},
			),
		],
	},
	{
		name: "an array that answers well and deletes no disk",
		needs: { kinds: ["Snapshot"], disk: "made", keepsDisk: true },
		moves: (lot) => [
			up(lot, { expendable: "everything", deletePolicy: "returnToResourcePool" }),
			lot.chance(0.5)
				? { move: "copiesDestroy", cut: null, meanwhile: { writeEvery: 0 } }
				: { ...up(lot), copies: [null] },
		],
	},
	{
		name: "a clone that breaks off and is gone without a trace",
		needs: {
			kinds: ["Clone", "TokenizedClone"],
			end: "source",
			behaviour: { features: [features.SynchronizedCloneTargetDetachesAutomatically], haltedVanishes: true },
		},
		moves: (lot) => {
			const meanwhile = { writeEvery: 0, copyBreaksAt: 1 + lot.upTo(5) };
			return [
				lot.chance(0.6)
					? up(lot, { triggers: 1 }, { approve: "asPrinted", meanwhile })
					: up(lot, {}, { approve: "asPrinted", cut: { kind: "killed", at: 4 + lot.upTo(12), after: true } }),
				{ move: "copyStranger", copy: 0, act: "breakOff" },
				up(lot, { triggers: 1 }, { approve: "asPrinted" }),
				up(lot, { triggers: 2, ...expendable(lot) }, { approve: "asPrinted", meanwhile }),
			];
		},
	},
	{
		name: "the link breaks while a clone is copied",
		needs: { kinds: ["Clone", "TokenizedClone"] },
		moves: (lot) => [
			up(
				lot,
				{ state: lot.pick(["active", "detached"]) },
				{
					approve: "asPrinted",
					meanwhile: {
						writeEvery: 0,
						faultAt: { at: 6 + lot.upTo(20), fault: { kind: "job", fate: lot.pick(["failed", "vanished"]), times: 1 } },
					},
				},
			),
			up(lot, { state: "detached" }, { approve: "asPrinted" }),
		],
	},
	{
		name: "an image that nobody wrote to may go, and somebody did",
		moves: (lot, world) => [
			up(lot, { triggers: 1, expendable: "pointInTime" }),
			{ move: "copyReadOnly", copy: 0, readOnly: true },
			up(lot, { triggers: 2, expendable: "pointInTime" }, { approve: "asPrinted" }),
			...(lot.chance(0.6) ? [{ move: "copyReadOnly", copy: 0, readOnly: false } as const, copyWrites(lot)] : []),
			writes(lot, world),
			up(lot, { triggers: 3, expendable: "pointInTime" }),
		],
	},
	{
		name: "a disk is being restored, and another copy of it is to be taken",
		needs: { two: true, kinds: ["Snapshot", "Clone"], disk: "made" },
		moves: (lot, world) => {
			const both = (one: Partial<CopyDeclaration>, other: Partial<CopyDeclaration>, given: Partial<Up> = {}): Up => ({
				...up(lot, {}, given),
				copies: [
					{ state: "active", ...one },
					{ state: "active", expendable: "everything", ...other },
				],
			});
			const cut = { kind: "killed", at: 14 + lot.upTo(20), after: true } as const;
			return [
				both({}, { triggers: 1 }),
				writes(lot, world),
				...separated(lot, world),
				{ move: "fault", fault: { kind: "slow", factor: lot.pick([50, 500]) } },
				both({ restore: "INC-A" }, { triggers: 1 }, { approve: "asPrinted", cut }),
				both({}, { triggers: 2 }),
			];
		},
	},
	{
		name: "what was restored is restored again for another label",
		moves: (lot, world) => [
			up(lot),
			writes(lot, world),
			...separated(lot, world),
			up(lot, { restore: "INC-A" }, { approve: "asPrinted" }),
			writes(lot, world),
			up(lot, { restore: "INC-B" }, { approve: lot.pick(["nothing", "old", "asPrinted"]) }),
			up(lot, { restore: "INC-B" }),
		],
	},
];

function up(lot: Lot, declared: Partial<CopyDeclaration> = {}, given: Partial<Up> = {}): Up {
	return {
		move: "copiesUp",
		copies: [{ state: "active", ...declared }],
		approve: "nothing",
		cut: null,
		meanwhile: { writeEvery: lot.pick([0, 0, 3]) },
		between: null,
		...given,
	};
}

function pairIn({ copies = [] }: WorldOfStory): number {
	return copies[0]?.pair ?? 0;
}

function writes(lot: Lot, world: WorldOfStory): Move {
	return { move: "write", pair: pairIn(world), count: 1 + lot.upTo(3) };
}

function copyWrites(lot: Lot): Move {
	return { move: "copyWrite", copy: 0, count: 1 + lot.upTo(3) };
}

/** Onto a mirror's source nothing is restored while that runs. */
function separated(lot: Lot, world: WorldOfStory): readonly Move[] {
	const operation = world.profile === "svc" || lot.chance(0.5) ? "Fracture" : "Split";
	return lot.chance(0.15) ? [] : [{ move: "stranger", stranger: { act: "operation", pair: pairIn(world), operation } }];
}

function cutNow(lot: Lot): Cut | null {
	if (lot.chance(0.5)) return null;
	const at = 4 + lot.upTo(24);
	return lot.chance(0.6) ? { kind: "killed", at, after: lot.chance(0.5) } : { kind: "interrupted", at };
}

function expendable(lot: Lot): Pick<CopyDeclaration, "expendable"> {
	return lot.chance(0.6) ? { expendable: lot.pick(["pointInTime", "everything"]) } : {};
}

/** Whatever may discard the only good image, and the two ways on. */
function afterBroken(lot: Lot): Partial<CopyDeclaration> {
	return {
		expendable: "everything",
		...lot.pick([
			{ restore: "INC-A" },
			{ triggers: 7 },
			{ state: "inactive" },
			{ expiresMs: 1 },
			{ restore: "INC-B" },
			{ keep: "source" },
			{},
		] as const),
	};
}
