import type { ProfileName, Traits } from "../../provider/hosts/simulator";
import { profiles } from "../../provider/hosts/simulator/profiles";
import type { End } from "../../provider/model/relationship";
import { drawCopies } from "./drawCopies";
import { drawCut, drawFault } from "./drawFaults";
import { drawGroups } from "./drawGroups";
import { Lot } from "./lot";
import { motifs } from "./motifs";
import type {
	CopyMove,
	Declaration,
	Meanwhile,
	Move,
	PairOfStory,
	Story,
	StrangerAct,
	StrangersOperation,
	WorldOfStory,
} from "./story";

const ends: readonly End[] = ["source", "target"];
/** CopyStates of Windows' own that say nothing here, and a number that nobody knows. */
const unnamedStates = [0, 16, 99];
const names = ["Orders", "Ledger", "Mail"];

/** `only`: from the motifs of whose names this is a part, and in no other way. */
export function drawStory(seed: number, only?: string): Story {
	if (only !== undefined && !motifs.some(({ name }) => name.includes(only))) return drawCopies(seed, null, only);
	return drawCopies(seed, drawGroups(seed, drawMirrors(seed, only)));
}

function drawMirrors(seed: number, only?: string): Story {
	const lot = new Lot(seed);
	const drawn = drawWorld(lot);
	if (only !== undefined || lot.chance(0.4)) return { seed, ...drawFromMotif(lot, drawn, only) };
	const moves: Move[] = [drawUp(lot, drawn, true)];
	const count = 2 + lot.upTo(7);
	while (moves.length < count) moves.push(drawMove(lot, drawn));
	return { seed, world: drawn, moves };
}

/** A sequence known to matter, with something else in between now and then, and going on as any story does. */
function drawFromMotif(lot: Lot, drawn: WorldOfStory, only = ""): Omit<Story, "seed"> {
	const motif = lot.pick(motifs.filter(({ name }) => name.includes(only)));
	const [first, ...others] = drawn.pairs as [PairOfStory, ...PairOfStory[]];
	const { profiles: allowed, traits, layout = drawn.layout, syncMode = first.syncMode, pairs = 1 } = motif.needs ?? {};
	const profile = allowed === undefined ? drawn.profile : lot.pick(allowed);
	const told = traits !== undefined && traits.length > 1 ? lot.pick(traits) : traits?.[0];
	const pair: PairOfStory = {
		...first,
		syncMode,
		related: true,
		traits: told ?? (profile === drawn.profile ? first.traits : {}),
	};
	const more = others.length + 1 < pairs ? [{ ...pair, name: names[1] as string }] : others;
	const world: WorldOfStory = { ...drawn, profile, layout, pairs: [pair, ...more.slice(0, 1)] };
	lot.program = world.pairs.map(() => ({ state: "active" }));
	const moves = motif
		.moves(lot, world)
		.flatMap((move, index) => (index > 0 && lot.chance(0.06) ? [drawMove(lot, world), move] : [move]));
	const last = moves.findLast((move) => move.move === "up");
	if (last?.move === "up") lot.program = last.program;
	const count = moves.length + lot.pick([0, 0, 1, 3]);
	while (moves.length < count) moves.push(drawMove(lot, world));
	return { world, moves };
}

function drawWorld(lot: Lot): WorldOfStory {
	const pairs = lot.pick([1, 1, 1, 2, 3]);
	const profile = lot.pick(Object.keys(profiles) as ProfileName[]);
	return {
		profile,
		layout: lot.pick(["oneHost", "twoHosts", "twoHosts"]),
		creation: lot.chance(0.6) ? {} : { asJob: lot.chance(0.5), ownNames: lot.chance(0.3), takesMode: lot.chance(0.5) },
		pairs: names.slice(0, pairs).map((name) => drawPair(lot, name)),
	};
}

function drawPair(lot: Lot, name: string): PairOfStory {
	return {
		name,
		syncMode: lot.pick(["synchronous", "asynchronous", "asynchronous"]),
		related: lot.chance(0.85),
		traits: lot.chance(0.5) ? {} : drawTraits(lot),
	};
}

function drawTraits(lot: Lot): Traits {
	return {
		lagBy: lot.pick(["seconds", "underWay", "syncTime", "none"]),
		...(lot.chance(0.3) ? { syncTimeAgeMs: lot.pick([500, 3_000]) } : {}),
		...(lot.chance(0.2) ? { syncTimeStands: true } : {}),
		...(lot.chance(0.3) ? { reportsMode: false } : {}),
		...(lot.chance(0.5) ? { reportsRequested: true } : {}),
	};
}

function drawUp(lot: Lot, world: WorldOfStory, isFirst: boolean): Extract<Move, { move: "up" }> {
	if (isFirst || !lot.chance(lot.steadiness)) {
		lot.program = world.pairs.map(() => (!isFirst && lot.chance(0.06) ? null : drawDeclaration(lot, isFirst)));
	}
	return {
		move: "up",
		program: lot.program,
		approve: lot.swarm("approve", ["nothing", "asPrinted", "asPrinted", "old"] as const),
		cut: isFirst && lot.chance(0.7) ? null : drawCut(lot),
		meanwhile: drawMeanwhile(lot, world),
		between: lot.chance(0.15) ? drawBetween(lot, world) : null,
	};
}

function drawDeclaration(lot: Lot, isFirst: boolean): Declaration {
	const end = (): End => lot.pick(["source", "target"]);
	const state =
		isFirst && lot.chance(0.7)
			? "active"
			: lot.swarm("state", ["active", "suspended", "reversed", "failedOver", "split"] as const);
	return {
		state,
		...(lot.chance(0.3) ? { syncMode: lot.pick(["synchronous", "asynchronous"] as const) } : {}),
		...(state === "failedOver" && lot.chance(0.4) ? { failoverTo: end() } : {}),
		...(lot.chance(0.15) ? { keep: end() } : {}),
		...(lot.chance(0.08) ? { lost: end() } : {}),
		...(lot.chance(0.5) ? { onRoleChange: lot.swarm("onRoleChange", ["stop", "adopt", "repair"] as const) } : {}),
		...(lot.chance(0.1) ? { deletePolicy: "dissolve" as const } : {}),
		...(lot.chance(0.35) ? { maxDataLossSeconds: lot.pick([0, 1, 2, 10, 60]) } : {}),
		...(lot.chance(0.06) ? { swapped: true as const } : {}),
		...(lot.chance(0.04) ? { renamed: true as const } : {}),
		...(lot.chance(0.03) ? { twin: true as const } : {}),
	};
}

function drawMeanwhile(lot: Lot, world: WorldOfStory): Meanwhile {
	const writeEvery = lot.pick([0, 1, 2, 5]);
	if (lot.chance(lot.steadiness)) return { writeEvery };
	return {
		writeEvery,
		...(lot.chance(0.12) ? { strangerAtSleep: { at: 1 + lot.upTo(6), stranger: drawStranger(lot, world) } } : {}),
		...(lot.chance(0.06) ? { afterChecks: drawStranger(lot, world) } : {}),
		...(lot.chance(0.15) ? { faultAt: { at: 1 + lot.upTo(30), fault: drawFault(lot, world) } } : {}),
		...(lot.chance(0.1) ? { mendAt: 1 + lot.upTo(40) } : {}),
	};
}

function drawBetween(lot: Lot, world: WorldOfStory): Move {
	const kind = lot.swarm("between", ["write", "stranger", "fault", "readOnly", "shows", "wait"] as const);
	return drawNamed(lot, world, kind);
}

type Kind = Exclude<Move["move"], CopyMove["move"] | "groupSays">;

function drawMove(lot: Lot, world: WorldOfStory): Move {
	if (lot.chance(0.4)) return drawUp(lot, world, false);
	const kinds: readonly Kind[] = [
		"up",
		"otherUp",
		"refresh",
		"destroy",
		"fault",
		"mend",
		"stranger",
		"write",
		"readOnly",
		"shows",
		"wait",
	];
	return drawNamed(lot, world, lot.swarm("move", kinds));
}

function drawNamed(lot: Lot, world: WorldOfStory, move: Kind): Move {
	const pair = lot.upTo(world.pairs.length - 1);
	switch (move) {
		case "up":
			return drawUp(lot, world, false);
		case "otherUp":
			return {
				move,
				program: world.pairs.map(() => (lot.chance(0.3) ? null : drawDeclaration(lot, false))),
				approve: lot.pick(["nothing", "asPrinted"]),
				cut: drawCut(lot),
			};
		case "refresh":
			return { move, cut: drawCut(lot), meanwhile: drawMeanwhile(lot, world) };
		case "destroy":
			return { move, approve: "nothing", cut: drawCut(lot), meanwhile: drawMeanwhile(lot, world) };
		case "fault":
			return { move, fault: drawFault(lot, world) };
		case "mend":
			return { move };
		case "stranger":
			return { move, stranger: drawStranger(lot, world) };
		case "write":
			return { move, pair, count: 1 + lot.upTo(4), ...(lot.chance(0.4) ? { end: lot.pick(ends) } : {}) };
		case "readOnly":
			return { move, pair, end: lot.pick(["source", "target"]), readOnly: lot.chance(0.6) };
		case "shows": {
			const host = world.layout === "oneHost" ? "both" : lot.pick(["east", "west"]);
			const copyState = lot.chance(0.3) ? { copyState: lot.pick(unnamedStates) } : {};
			return { move, pair, host, ms: lot.pick([null, 5_000, 60_000]), ...copyState };
		}
		case "wait":
			return { move, ms: lot.pick([1_000, 10_000, 120_000, 3_600_000]) };
		default:
			return move satisfies never;
	}
}

const strangersOperations: readonly StrangersOperation[] = [
	"Failover",
	"Failback",
	"ReverseRoles",
	"Suspend",
	"Resume",
	"Fracture",
	"ResyncReplica",
	"Split",
];

function drawStranger(lot: Lot, world: WorldOfStory): StrangerAct {
	const pair = lot.upTo(world.pairs.length - 1);
	const drawn = lot.swarm("stranger", ["reverse", "operation", "detach", "forget", "hide", "repairJob"] as const);
	// One host lists a pair at either disk or at both: that half of it is gone cannot be seen there.
	const act = drawn === "forget" && world.layout === "oneHost" ? "detach" : drawn;
	if (act === "operation") return { act, pair, operation: lot.pick(strangersOperations) };
	return act === "forget" ? { act, pair, end: lot.pick(ends) } : { act, pair };
}
