import type { Fault, ProfileName, Traits } from "../../provider/hosts/simulator";
import { ailments } from "../../provider/hosts/simulator/ailments";
import { profiles } from "../../provider/hosts/simulator/profiles";
import type { End } from "../../provider/model/relationship";
import { seeded } from "../planner/situations";
import type {
	Cut,
	Declaration,
	Meanwhile,
	Move,
	PairOfStory,
	Story,
	StrangerAct,
	StrangersOperation,
	WorldOfStory,
} from "./story";

/** Draws from a seed. Each story switches some kinds of things off and weights the rest wildly: a swarm finds more. */
class Lot {
	readonly random: () => number;
	/** What the program declared last, and how often it stays as it is: most programs are run again unchanged. */
	program: readonly (Declaration | null)[] = [];
	readonly steadiness: number;
	private readonly weights = new Map<string, number>();

	constructor(seed: number) {
		this.random = seeded(seed);
		this.steadiness = this.pick([0, 0.4, 0.8]);
	}

	chance(probability: number): boolean {
		return this.random() < probability;
	}

	pick<T>(values: readonly T[]): T {
		return values[Math.floor(this.random() * values.length)] as T;
	}

	upTo(most: number): number {
		return Math.floor(this.random() * (most + 1));
	}

	/** Picks by name; some names never come up in this story, others come up all the time. */
	swarm<T extends string>(group: string, names: readonly T[]): T {
		const weighted = names.map((name) => [name, this.weightOf(`${group} ${name}`)] as const);
		const total = weighted.reduce((sum, [, weight]) => sum + weight, 0);
		let left = this.random() * total;
		for (const [name, weight] of weighted) {
			left -= weight;
			if (left < 0) return name;
		}
		return this.pick(names);
	}

	private weightOf(key: string): number {
		let weight = this.weights.get(key);
		if (weight === undefined) {
			weight = this.chance(0.35) ? 0 : this.random() ** 3 * 10 + 0.05;
			this.weights.set(key, weight);
		}
		return weight;
	}
}

const names = ["Orders", "Ledger", "Mail"];

export function drawStory(seed: number): Story {
	const lot = new Lot(seed);
	const world = drawWorld(lot);
	const moves: Move[] = [drawUp(lot, world, true)];
	const count = 2 + lot.upTo(7);
	while (moves.length < count) moves.push(drawMove(lot, world));
	return { seed, world, moves };
}

function drawWorld(lot: Lot): WorldOfStory {
	const pairs = lot.pick([1, 1, 1, 2, 3]);
	const profile = lot.pick(Object.keys(profiles) as ProfileName[]);
	// One that wants a read-only source and tells neither mode nor lag leaves nothing to drain by, and no consent to give.
	const mustTellMode = profile === "cci";
	return {
		profile,
		layout: lot.pick(["oneHost", "twoHosts", "twoHosts"]),
		creation: lot.chance(0.6) ? {} : { asJob: lot.chance(0.5), ownNames: lot.chance(0.3), takesMode: lot.chance(0.5) },
		pairs: names.slice(0, pairs).map((name) => drawPair(lot, name, mustTellMode)),
	};
}

function drawPair(lot: Lot, name: string, mustTellMode: boolean): PairOfStory {
	return {
		name,
		syncMode: lot.pick(["synchronous", "asynchronous", "asynchronous"]),
		related: lot.chance(0.85),
		traits: lot.chance(0.5) ? {} : { ...drawTraits(lot), ...(mustTellMode ? { reportsMode: true } : {}) },
	};
}

function drawTraits(lot: Lot): Traits {
	return {
		lagBy: lot.pick(["seconds", "syncTime", "none"]),
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
	};
}

function drawCut(lot: Lot): Cut | null {
	const kind = lot.swarm("cut", ["none", "killed", "interrupted", "engineGone"] as const);
	const at = 1 + Math.floor(lot.random() ** 2 * 40);
	switch (kind) {
		case "none":
			return null;
		case "killed":
			return { kind, at, after: lot.chance(0.5) };
		case "interrupted":
		case "engineGone":
			return { kind, at };
		default:
			return kind satisfies never;
	}
}

function drawMeanwhile(lot: Lot, world: WorldOfStory): Meanwhile {
	const writeEvery = lot.pick([0, 1, 2, 5]);
	if (lot.chance(lot.steadiness)) return { writeEvery };
	return {
		writeEvery,
		...(lot.chance(0.12) ? { strangerAtSleep: { at: 1 + lot.upTo(6), stranger: drawStranger(lot, world) } } : {}),
		...(lot.chance(0.15) ? { faultAt: { at: 1 + lot.upTo(30), fault: drawFault(lot, world) } } : {}),
		...(lot.chance(0.1) ? { mendAt: 1 + lot.upTo(40) } : {}),
	};
}

function drawBetween(lot: Lot, world: WorldOfStory): Move {
	const kind = lot.swarm("between", ["write", "stranger", "fault", "readOnly", "wait"] as const);
	return drawNamed(lot, world, kind);
}

type Kind = Move["move"];

function drawMove(lot: Lot, world: WorldOfStory): Move {
	if (lot.chance(0.4)) return drawUp(lot, world, false);
	const kinds: readonly Kind[] = ["up", "refresh", "destroy", "fault", "mend", "stranger", "write", "readOnly", "wait"];
	return drawNamed(lot, world, lot.swarm("move", kinds));
}

function drawNamed(lot: Lot, world: WorldOfStory, move: Kind): Move {
	const pair = lot.upTo(world.pairs.length - 1);
	switch (move) {
		case "up":
			return drawUp(lot, world, false);
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
			return { move, pair, count: 1 + lot.upTo(4) };
		case "readOnly":
			return { move, pair, end: lot.pick(["source", "target"]), readOnly: lot.chance(0.6) };
		case "wait":
			return { move, ms: lot.pick([1_000, 10_000, 120_000, 3_600_000]) };
		default:
			return move satisfies never;
	}
}

const strangersOperations: readonly StrangersOperation[] = [
	"Failover",
	"Failback",
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
	return act === "operation" ? { act, pair, operation: lot.pick(strangersOperations) } : { act, pair };
}

function drawFault(lot: Lot, world: WorldOfStory): Fault {
	const host = world.layout === "oneHost" ? "both" : lot.pick(["east", "west"]);
	const array = lot.pick(["east-array", "west-array"]);
	const pair = world.pairs[lot.upTo(world.pairs.length - 1)]?.name ?? "";
	const disk = lot.pick([pair, `${pair}-DR`]);
	const kind = lot.swarm("fault", [
		"hostDown",
		"arrayLost",
		"linkDown",
		"slow",
		"job",
		"returnCode",
		"staleCache",
		"cutOff",
		"health",
		"late",
		"coldCache",
		"subsystemError",
	] as const);
	switch (kind) {
		case "hostDown":
			return { kind, host };
		case "arrayLost":
			return { kind, array };
		case "linkDown":
			return { kind, arrays: ["east-array", "west-array"] };
		case "slow":
			return { kind, factor: lot.pick([5, 50, 500]) };
		case "job":
			return { kind, fate: lot.pick(["stuck", "failed", "vanished"]), times: 1 };
		case "returnCode": {
			// 40003 and 46001 say that nothing was done; an array that lies about that is beyond anybody's reach.
			const code = lot.pick([1, 2, 3, 4, 5, 40003, 40003, 46001]);
			return { kind, code, effect: code < 40_000 && lot.chance(0.5), times: lot.pick([1, 1, 4]) };
		}
		case "staleCache":
			return { kind, disk };
		case "cutOff":
			return { kind, effect: lot.chance(0.5), times: 1 };
		case "health":
			return { kind, disk, ailment: lot.pick(Object.keys(ailments) as (keyof typeof ailments)[]) };
		case "late":
			return { kind, ms: lot.pick([1_000, 8_000]), times: 1 };
		case "coldCache":
			return { kind, host, hides: lot.pick(["disks", "relationships"]) };
		case "subsystemError":
			return { kind, array, named: lot.chance(0.5) };
		default:
			return kind satisfies never;
	}
}
