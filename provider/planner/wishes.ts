import { currentTarget } from "../model/relationship";
import { holdsImage } from "./copyStanding";
import type { Desired } from "./situation";
import type { CopyFacts, Standing } from "./standing";

/** A wish holds only when nothing moves and no operation is required (replication-model.md §4). */
export function wishHolds(desired: Desired, standing: Standing): boolean {
	const { phase, copyState, direction, syncMode, copy } = standing;
	if (phase !== "settled") return false;
	if (copy !== null) return copyWishHolds(desired, standing, copy);
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
		// For copies; and one operation on request is no state.
		case "inactive":
		case "detached":
		case "operation":
			return false;
		default:
			desired.state satisfies never;
			return false;
	}
}

/** Of a settled copy (copies-and-groups.md §1.4): what is asked once must be done, and an image that is whole is kept. */
function copyWishHolds(desired: Desired, standing: Standing, { done, ended }: CopyFacts): boolean {
	const { copyState, direction } = standing;
	if (desired.state === "absent") return copyState === "absent";
	if (!done.restore || (direction === "reverse" && copyState !== "absent")) return false;
	if (desired.state === "inactive")
		return copyState === "Inactive" || copyState === "Prepared" || copyState === "Initialized";
	const hasEnded = copyState === "absent" && ended !== null;
	if (!done.retake) return false;
	switch (desired.state) {
		case "active":
			return hasEnded || holdsImage(standing);
		case "suspended":
			return (
				hasEnded ||
				holdsImage(standing) ||
				copyState === "Suspended" ||
				copyState === "Inactive" ||
				copyState === "Prepared"
			);
		case "detached":
			return hasEnded;
		case "reversed":
		case "failedOver":
		case "split":
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
