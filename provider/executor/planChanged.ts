import { errorCodes } from "../model/errorCodes";
import { ReplicationError } from "../model/replicationError";
import { describeSighting } from "./describeOutlook";
import type { Outlook } from "./outlook";

/** What is found leads to another plan than what was agreed to. */
export function planChanged(before: Outlook, now: Outlook): ReplicationError {
	return new ReplicationError({
		code: errorCodes.planChanged,
		class: "safety",
		what: `the array changed while the run was on: it was ${describeSighting(before)} and is now ${describeSighting(now)}, and the plan from there is another one.`,
		dataSafety: "yes; nothing was sent from the changed plan.",
		remedy: "run preview again and look at the new plan.",
	});
}
