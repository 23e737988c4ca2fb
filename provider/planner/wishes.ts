import { currentTarget } from "../model/relationship";
import type { Desired } from "./situation";
import type { Standing } from "./standing";

/** A wish holds only when nothing moves and no operation is required (replication-model.md §4). */
export function wishHolds(desired: Desired, { phase, copyState, direction, syncMode }: Standing): boolean {
	if (phase !== "settled") return false;
	switch (desired.state) {
		case "active":
			return direction === "forward" && copyState === "Synchronized" && modeHolds(desired, syncMode);
		case "reversed":
			return direction === "reverse" && copyState === "Synchronized" && modeHolds(desired, syncMode);
		case "suspended":
			return (
				copyState === "Suspended" ||
				copyState === "Fractured" ||
				copyState === "Split" ||
				copyState === "Skewed" ||
				copyState === "Inactive" ||
				copyState === "Prepared"
			);
		case "split":
			return copyState === "Split";
		case "failedOver":
			return copyState === "Failedover" && currentTarget(direction) === servingEnd(desired);
		case "absent":
			return copyState === "absent";
		// Wishes for copies, and one operation on request: never for the relationship of a mirror's two disks.
		case "inactive":
		case "detached":
		case "operation":
			return false;
		default:
			desired.state satisfies never;
			return false;
	}
}

/** The end that serves when a `failedOver` wish holds. */
export function servingEnd({ to }: Desired): "source" | "target" {
	return to ?? "target";
}

/** An array that does not report the mode cannot be told apart from one that has it: it counts as met, with a warning. */
function modeHolds({ syncMode: wished }: Desired, syncMode: Standing["syncMode"]): boolean {
	return wished === undefined || syncMode === wished || syncMode === "Unknown";
}
