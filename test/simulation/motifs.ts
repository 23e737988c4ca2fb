import type { Fault, ProfileName, Traits } from "../../provider/hosts/simulator";
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
		/** One of these. */
		readonly traits?: readonly Traits[];
		readonly pairs?: 2;
	};
	readonly moves: (lot: Lot, world: WorldOfStory) => readonly Move[];
}

type Up = Extract<Move, { move: "up" }>;

const mend: Move = { move: "mend" };
const linkIsDown: Fault = { kind: "linkDown", arrays: ["east-array", "west-array"] };
const linkDown: Move = { move: "fault", fault: linkIsDown };
const late: Move = { move: "fault", fault: { kind: "late", ms: 8_000, times: 1 } };
const ends: readonly End[] = ["source", "target"];

export const motifs: readonly Motif[] = [
	{
		name: "a token that was used is given again, for the same loss another time",
		moves: (lot, world) => {
			const stranger = separates(lot, world);
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
			strangers(separates(lot, world)),
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
			late,
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
				strangers(separates(lot, world)),
				writes(lot, "target"),
				...(state === "active" ? [] : [writes(lot, "source")]),
				{ move: "wait", ms: 120_000 },
				up(lot, world, { state, keep: state === "active" ? "target" : "source" }, { approve: "asPrinted" }),
			];
		},
	},
	{
		name: "failed over with writes at both ends, and the roles are reversed",
		needs: { profiles: ["generous", "srdf"], layout: "twoHosts" },
		moves: (lot, world) => [
			up(lot, world),
			linkDown,
			{ move: "fault", fault: { kind: "hostDown", host: "east" } },
			up(lot, world, { state: "failedOver", lost: "source" }, { approve: "asPrinted" }),
			writes(lot, "source"),
			writes(lot, "target"),
			mend,
			...(lot.chance(0.6)
				? [
						strangers({ act: "operation", pair: 0, operation: "ReverseRoles" }),
						up(lot, world, { state: "suspended", onRoleChange: "adopt" }),
					]
				: [up(lot, world, { state: "reversed" }, { approve: "asPrinted", cut: killed(lot) })]),
			up(lot, world, { state: "reversed" }),
		],
	},
	{
		name: "a Failover that nobody saw, failed back by somebody, which broke off",
		needs: { profiles: ["srdf"] },
		moves: (lot, world) => [
			up(lot, world),
			late,
			up(
				lot,
				world,
				{ state: "failedOver" },
				{ approve: "asPrinted", cut: { kind: "interrupted", at: 8 + lot.upTo(16) } },
			),
			{ move: "wait", ms: 10_000 },
			writes(lot, "target"),
			strangers({ act: "operation", pair: 0, operation: "Failback" }),
			linkDown,
			mend,
			up(lot, world),
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
				late,
				up(lot, world, { state }, { approve: "asPrinted", cut }),
				up(lot, world, { state }, { approve: "asPrinted" }),
			];
		},
	},
	{
		name: "a source that takes no more writes, and a lag that never gets to zero",
		needs: {
			profiles: ["generous", "svc"],
			syncMode: "asynchronous",
			traits: [{ lagBy: "seconds", tailStands: true }, { lagBy: "none" }],
		},
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
			const at = 10 + lot.upTo(18);
			const breaksOff: Partial<Up> = lot.chance(0.6)
				? { cut: { kind: "interrupted", at } }
				: { meanwhile: { writeEvery: 0, faultAt: { at, fault: linkIsDown } } };
			return [
				up(lot, world),
				strangers(separates(lot, world)),
				writes(lot, "target"),
				up(lot, world, {}, { approve: "asPrinted", ...breaksOff }),
			];
		},
	},
	{
		name: "hosts that show what was before a stranger moved the roles",
		moves: (lot, world) => {
			const moves = lot.chance(0.7);
			return [
				// Where the disks are known, their Access tells all the same.
				...(lot.chance(0.3) ? [up(lot, world)] : []),
				...hostsOf(world).map((host): Move => ({ move: "shows", pair: 0, host, ms: null })),
				strangers(moves ? { act: "operation", pair: 0, operation: "Failover" } : { act: "reverse", pair: 0 }),
				{ move: "wait", ms: 10_000 },
				writes(lot, "target"),
				up(lot, world, { state: moves ? "failedOver" : "reversed" }, { approve: "asPrinted" }),
			];
		},
	},
	{
		name: "failed over by a stranger, and the state has no name for a while",
		moves: (lot, world) => [
			strangers({ act: "operation", pair: 0, operation: "Failover" }),
			{ move: "wait", ms: 10_000 },
			writes(lot, "target"),
			...hostsOf(world).map((host): Move => ({ move: "shows", pair: 0, host, copyState: 99, ms: 60_000 })),
			up(lot, world, { state: lot.pick(["failedOver", "active"]) }, { approve: "asPrinted" }),
		],
	},
	{
		name: "a copy takes writes while it stands still",
		needs: { profiles: ["generous", "srdf", "svc", "threepar"] },
		moves: (lot, world) => [
			up(lot, world),
			up(lot, world, { state: "suspended" }),
			{ move: "fault", fault: { kind: "writable", disk: `${world.pairs[0]?.name}-DR` } },
			writes(lot, "target"),
			...(lot.chance(0.3) ? [up(lot, world), mend] : []),
			up(lot, world),
		],
	},
	{
		name: "a call is cut off, and what it asked for shows late",
		moves: (lot, world) => [
			up(lot, world),
			{ move: "fault", fault: { kind: "cutOff", effect: true, times: 1 } },
			...(lot.chance(0.7) ? [late] : []),
			up(lot, world, { state: lot.pick(["failedOver", "reversed", "suspended"]) }, { approve: "asPrinted" }),
		],
	},
	{
		name: "recent writes may go, and the array does not tell how recent",
		needs: { profiles: ["generous", "svc"], syncMode: "asynchronous", traits: [{ lagBy: "none" }] },
		moves: (lot, world) => [
			up(lot, world),
			writes(lot),
			up(lot, world, { state: lot.pick(["failedOver", "reversed"]), maxDataLossSeconds: lot.pick([0, 1]) }),
		],
	},
	{
		name: "another program with a stack of its own wishes something else",
		moves: (lot, world) => {
			const { program } = up(lot, world, { state: lot.pick(["failedOver", "reversed", "suspended", "split"]) });
			const cut = lot.chance(0.5) ? killed(lot) : null;
			return [
				up(lot, world),
				{ move: "otherUp", program, approve: "asPrinted", cut },
				writes(lot),
				up(lot, world, lot.chance(0.5) ? { onRoleChange: "repair" } : {}, { approve: "asPrinted" }),
			];
		},
	},
	{
		name: "old writes of the target, and an array that tells a small lag while nothing is copied",
		needs: { traits: [{ lagBy: "underWay" }] },
		moves: (lot, world) => [
			up(lot, world),
			strangers(separates(lot, world)),
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

function hostsOf({ layout }: WorldOfStory): readonly string[] {
	return layout === "oneHost" ? ["both"] : ["east", "west"];
}

/** The copy stops, and the target takes writes of its own. */
function separates(lot: Lot, { profile }: WorldOfStory): StrangerAct {
	const operation = profile === "svc" || lot.chance(0.5) ? "Fracture" : "Split";
	return { act: "operation", pair: 0, operation };
}

function writes(lot: Lot, end?: End): Move {
	return { move: "write", pair: 0, count: 1 + lot.upTo(3), ...(end === undefined ? {} : { end }) };
}

function killed(lot: Lot): Up["cut"] {
	return { kind: "killed", at: 6 + lot.upTo(20), after: lot.chance(0.5) };
}
