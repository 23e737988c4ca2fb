import type { Fault } from "../../provider/hosts/simulator";
import { ailments } from "../../provider/hosts/simulator/ailments";
import type { Lot } from "./lot";
import type { Cut, WorldOfStory } from "./story";

export function drawCut(lot: Lot): Cut | null {
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

export function drawFault(lot: Lot, world: WorldOfStory): Fault {
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
		"writable",
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
		case "writable":
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
