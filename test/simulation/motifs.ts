import type { ProfileName, Traits } from "../../provider/hosts/simulator";
import type { End } from "../../provider/model/relationship";
import type { Lot } from "./lot";
import type { Declaration, Move, PairOfStory, StrangerAct, WorldOfStory } from "./story";

/** A sequence that is known to matter. Which world, how much, how long and what goes on afterwards the lot decides. */
export interface Motif {
	readonly name: string;
	/** What it makes no sense without. The first pair is related in any case. */
	readonly needs?: {
		readonly profiles?: readonly ProfileName[];
		readonly layout?: WorldOfStory["layout"];
		readonly syncMode?: PairOfStory["syncMode"];
		readonly traits?: Traits;
		readonly pairs?: 2;
	};
	readonly moves: (lot: Lot, world: WorldOfStory) => readonly Move[];
}

type Up = Extract<Move, { move: "up" }>;

const separating: readonly StrangerAct[] = [
	{ act: "operation", pair: 0, operation: "Fracture" },
	{ act: "operation", pair: 0, operation: "Split" },
];
const mend: Move = { move: "mend" };
const linkDown: Move = { move: "fault", fault: { kind: "linkDown", arrays: ["east-array", "west-array"] } };
const ends: readonly End[] = ["source", "target"];

export const motifs: readonly Motif[] = [
	{
		name: "a token that was used is given again, for the same loss another time",
		moves: (lot, world) => {
			const stranger = lot.pick(separating);
			return [
				up(lot, world),
				strangers(stranger),
				writes(lot, "target"),
				up(lot, world, {}, { approve: "asPrinted" }),
				strangers(stranger),
				writes(lot, "target"),
				up(lot, world, {}, { approve: "old" }),
			];
		},
	},
	{
		name: "a token for another plan, with another loss",
		needs: { syncMode: "asynchronous" },
		moves: (lot, world) => [
			up(lot, world),
			up(lot, world, { state: lot.pick(["failedOver", "reversed"]) }),
			strangers(lot.pick(separating)),
			writes(lot, "target"),
			up(lot, world, {}, { approve: "old" }),
		],
	},
	{
		name: "a job that vanishes before what it was for begins",
		needs: { profiles: ["srdf"] },
		moves: (lot, world) => [
			up(lot, world),
			...(lot.chance(0.5) ? [up(lot, world, { state: "suspended" })] : []),
			{ move: "fault", fault: { kind: "job", fate: "vanished", times: 1 } },
			{ move: "fault", fault: { kind: "late", ms: 8_000, times: 1 } },
			up(lot, world, { state: lot.pick(["failedOver", "active"]) }, { approve: "asPrinted" }),
		],
	},
	{
		name: "one array has forgotten it, the host of the other is silent, and it is deleted",
		needs: { layout: "twoHosts" },
		moves: (lot, world) => {
			const end = lot.pick(ends);
			return [
				up(lot, world),
				strangers({ act: "forget", pair: 0, end }),
				{ move: "fault", fault: { kind: "hostDown", host: end === "source" ? "west" : "east" } },
				{ move: "destroy", approve: "nothing", cut: null, meanwhile: { writeEvery: 0 } },
			];
		},
	},
	{
		name: "the end that is left of one that is declared lost forgets it, and somebody refreshes",
		needs: { layout: "twoHosts" },
		moves: (lot, world) => [
			up(lot, world),
			up(lot, world, { state: "suspended", lost: "target" }),
			strangers({ act: "forget", pair: 0, end: "source" }),
			refresh,
		],
	},
	{
		name: "the end that is to be kept is the one that loses",
		moves: (lot, world) => {
			const state = lot.pick(["active", "active", "reversed"]);
			return [
				up(lot, world),
				strangers(lot.pick(separating)),
				writes(lot, "target"),
				...(state === "active" ? [] : [writes(lot, "source")]),
				{ move: "wait", ms: 120_000 },
				up(lot, world, { state, keep: state === "active" ? "target" : "source" }, { approve: "asPrinted" }),
			];
		},
	},
	{
		name: "failed over with writes at both ends, and the roles are reversed by somebody who is gone",
		needs: { profiles: ["generous", "srdf"] },
		moves: (lot, world) => [
			up(lot, world),
			linkDown,
			up(lot, world, { state: "failedOver" }, { approve: "asPrinted" }),
			writes(lot, "source"),
			writes(lot, "target"),
			mend,
			lot.chance(0.5)
				? strangers({ act: "operation", pair: 0, operation: "ReverseRoles" })
				: up(lot, world, { state: "reversed" }, { approve: "asPrinted", cut: killed(lot) }),
			up(lot, world, { state: "reversed" }),
		],
	},
	{
		name: "suspended, roles reversed, seen, and put back",
		needs: { profiles: ["generous", "srdf", "svc", "threepar"] },
		moves: (lot, world) => [
			up(lot, world),
			up(lot, world, { state: "suspended" }),
			strangers({ act: "reverse", pair: 0 }),
			writes(lot),
			up(lot, world, { state: "suspended", deletePolicy: "dissolve" }),
			strangers({ act: "reverse", pair: 0 }),
			up(lot, world),
		],
	},
	{
		name: "interrupted while what was sent shows late, and run again at once",
		moves: (lot, world) => {
			const state = lot.pick(["failedOver", "failedOver", "reversed", "suspended"]);
			const cut = { kind: "interrupted", at: 8 + lot.upTo(24) } as const;
			return [
				up(lot, world),
				{ move: "fault", fault: { kind: "late", ms: 8_000, times: 1 } },
				up(lot, world, { state }, { approve: "asPrinted", cut }),
				up(lot, world, { state }, { approve: "asPrinted" }),
			];
		},
	},
	{
		name: "a source that takes no more writes, and a lag that never gets to zero",
		needs: { profiles: ["generous", "svc"], syncMode: "asynchronous", traits: { lagBy: "none" } },
		moves: (lot, world) => [
			up(lot, world),
			writes(lot),
			{ move: "readOnly", pair: 0, end: "source", readOnly: true },
			up(lot, world, { state: lot.pick(["failedOver", "reversed"]) }),
		],
	},
	{
		name: "roles that a stranger changed, with a refresh before the next run",
		needs: { profiles: ["generous", "svc"] },
		moves: (lot, world) => [
			up(lot, world),
			strangers({ act: "reverse", pair: 0 }),
			...(lot.chance(0.7) ? [refresh] : []),
			up(lot, world, {}, { approve: "asPrinted" }),
		],
	},
	{
		name: "after the plan is shown a stranger leads to another one",
		moves: (lot, world) => {
			const state = lot.pick(["active", "failedOver", "reversed"]);
			const operation = lot.pick(["Suspend", "Suspend", "Fracture"] as const);
			const meanwhile = { writeEvery: 0, afterChecks: { act: "operation", pair: 0, operation } } as const;
			return [up(lot, world), up(lot, world, { state, deletePolicy: "dissolve" }, { approve: "asPrinted", meanwhile })];
		},
	},
	{
		name: "what the program declares no longer is hidden for a moment",
		needs: { pairs: 2 },
		moves: (lot, world) => {
			const gone = up(lot, world, {}, { between: { move: "stranger", stranger: { act: "hide", pair: 0 } } });
			return [up(lot, world), { ...gone, program: [null, ...gone.program.slice(1)] }];
		},
	},
	{
		name: "a cache that stays old, whatever is discovered",
		moves: (lot, world) => [
			up(lot, world),
			{ move: "fault", fault: { kind: "returnCode", code: 40003, effect: false, times: 4 } },
			up(lot, world, { state: lot.pick(["suspended", "split", "failedOver"]) }, { approve: "asPrinted" }),
		],
	},
	{
		name: "writes are taken by consent, and the copy that took them breaks off",
		moves: (lot, world) => {
			const cut = { kind: "interrupted", at: 12 + lot.upTo(24) } as const;
			const faultAt = { at: 12 + lot.upTo(24), fault: { kind: "job", fate: "failed", times: 1 } } as const;
			return [
				up(lot, world),
				strangers(lot.pick(separating)),
				writes(lot, "target"),
				up(
					lot,
					world,
					{},
					{ approve: "asPrinted", ...(lot.chance(0.7) ? { cut } : {}), meanwhile: { writeEvery: 0, faultAt } },
				),
			];
		},
	},
	{
		name: "old writes of the target, and an array that tells a small lag while nothing is copied",
		needs: { traits: { lagBy: "underWay" } },
		moves: (lot, world) => [
			up(lot, world),
			strangers(lot.pick(separating)),
			writes(lot, "target"),
			{ move: "wait", ms: 3_600_000 },
			up(lot, world, { maxDataLossSeconds: lot.pick([0, 10, 60]) }),
		],
	},
];

const refresh: Move = { move: "refresh", cut: null, meanwhile: { writeEvery: 0 } };

function up(lot: Lot, { pairs }: WorldOfStory, declared: Partial<Declaration> = {}, given: Partial<Up> = {}): Up {
	const others = pairs.slice(1).map((): Declaration => ({ state: "active" }));
	return {
		move: "up",
		program: [{ state: "active", ...declared }, ...others],
		approve: "nothing",
		cut: null,
		meanwhile: { writeEvery: lot.pick([0, 0, 3]) },
		between: null,
		...given,
	};
}

function strangers(stranger: StrangerAct): Move {
	return { move: "stranger", stranger };
}

function writes(lot: Lot, end?: End): Move {
	return { move: "write", pair: 0, count: 1 + lot.upTo(3), ...(end === undefined ? {} : { end }) };
}

function killed(lot: Lot): Up["cut"] {
	return { kind: "killed", at: 6 + lot.upTo(20), after: lot.chance(0.5) };
}
