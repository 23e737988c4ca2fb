import type { Move } from "./cheapest";
import { mayReadSource, mayReplaceImage, taken } from "./copyStanding";
import type { NameEnd } from "./operations";
import type { Loss } from "./plan";
import type { Frame, Standing } from "./standing";

/** CreateReplica onto a disk that exists overwrites it. */
export function createFrom(standing: Standing, frame: Frame, name: NameEnd): Move<Standing> | null {
	if (!servesCreation(standing, frame)) return null;
	const loses: Loss | null = frame.targetExists ? { end: "target", age: "yes" } : null;
	if (loses !== null && frame.kept === "target") return null;
	const to = created(standing, frame);
	return {
		kind: "create",
		name: null,
		code: 0,
		at: "source",
		hazard: loses === null ? "none" : "dataLoss",
		loses,
		movesRoles: false,
		until: { copyState: to.copyState, direction: to.direction },
		to,
		why: () => `${name("target")} becomes a copy of ${name("source")}`,
	};
}

function servesCreation({ copy }: Standing, frame: Frame): boolean {
	const { state } = frame.desired;
	if (copy === null) return state === "active" || state === "suspended" || state === "split";
	if (!frame.bothReachable || !mayReplaceImage(copy) || !mayReadSource("source", frame)) return false;
	return state === "active" || state === "suspended" || (state === "detached" && !copy.done.retake);
}

function created(standing: Standing, frame: Frame): Standing {
	const copying: Standing = {
		copyState: "Unsynchronized",
		phase: "copying",
		direction: "forward",
		syncMode: frame.desired.syncMode ?? "Unknown",
		ahead: { source: "yes", target: "no" },
		whole: { source: true, target: false },
		copy: standing.copy,
	};
	return standing.copy === null ? copying : taken(copying, frame);
}
