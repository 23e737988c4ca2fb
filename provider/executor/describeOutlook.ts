import { describeName } from "../model/relationship";
import { describeUntil, type EndLabel } from "../planner/describePlan";
import { phaseOf } from "../planner/phase";
import { shownEnd } from "./declared";
import type { Outlook } from "./outlook";
import type { Request } from "./request";

/** `Synchronized forward`, `Suspended (Resyncing) reverse`, `no relationship`. */
export function describeSighting({ situation: { observed } }: Outlook): string {
	if (observed.presence === "absent") return "no relationship";
	const progress = phaseOf(observed) === "settled" ? "" : ` (${describeName(observed.progressStatus, "progress")})`;
	return `${describeUntil({ copyState: describeName(observed.copyState), direction: observed.direction })}${progress}`;
}

export function labelsOf({ declared }: Request): { readonly source: EndLabel; readonly target: EndLabel } {
	const label = (end: "source" | "target"): EndLabel => ({
		host: declared.ends[end].host,
		disk: shownEnd(declared, end).virtualDisk,
	});
	return { source: label("source"), target: label("target") };
}
