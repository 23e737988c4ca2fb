import type { Copy, Facts, World } from "./world";

/** §4 "Wishes and when they hold. All hold only when settled." */
export function wishHolds(world: World, facts: Facts): boolean {
	if (world.phase !== "settled") {
		return false;
	}
	if (facts.wish === "absent") {
		return world.gone;
	}
	if (world.gone) {
		return false;
	}
	switch (facts.wish) {
		case "active":
			return world.direction === "forward" && world.copy === "Synchronized" && modeIsAsWished(world, facts);
		case "reversed":
			return world.direction === "reverse" && world.copy === "Synchronized" && modeIsAsWished(world, facts);
		case "suspended":
			return separatedStates.includes(world.copy);
		case "split":
			return world.copy === "Split";
		case "failedOver":
			return world.copy === "Failedover" && world.direction === (facts.to === "target" ? "forward" : "reverse");
		default:
			throw facts.wish satisfies never;
	}
}

/** "an Unknown mode counts as met" */
function modeIsAsWished(world: World, facts: Facts): boolean {
	return facts.wishedMode === null || world.mode === "Unknown" || world.mode === facts.wishedMode;
}

const separatedStates: readonly Copy[] = ["Suspended", "Fractured", "Split", "Skewed", "Inactive", "Prepared"];
