import type { TransitionResult } from "../executor/transition";
import { TransitionStopped } from "../executor/transition";
import { agreedIn, apply, describeStop } from "./apply";
import { type Bag, readArguments, wishOf } from "./arguments";
import { identityOf, nothingRemembered, outputsOf, requestFor } from "./outputs";
import { PartialFailure } from "./partialFailure";
import type { Session } from "./session";

export interface CreateResult {
	readonly id: string;
	readonly outs: Bag;
}

/** Adopts the relationship if it exists, else creates it, then does what update does. */
export async function create(session: Session, inputs: Bag): Promise<CreateResult> {
	const given = readArguments(inputs);
	const request = requestFor(inputs, given, wishOf(given, session.approvals), nothingRemembered);
	let result: TransitionResult;
	try {
		result = await apply(session, request, String(inputs.resourceUrn ?? ""), agreedIn(inputs, request));
	} catch (error) {
		if (!(error instanceof TransitionStopped)) throw error;
		const { ids } = error.outlook.sighting;
		const nothingThere = error.outlook.situation.observed.presence === "absent" && error.done.length === 0;
		// A refused CreateReplica left nothing behind: no resource, so the next run creates it afresh.
		if (nothingThere || ids.source === null || ids.target === null) throw error.reason;
		throw new PartialFailure(
			identityOf(ids),
			{ ...outputsOf(inputs, given, error.outlook, error.record), __provider: inputs.__provider },
			describeStop(error, request),
		);
	}
	return {
		id: identityOf(result.outlook.sighting.ids),
		outs: outputsOf(inputs, given, result.outlook, result.record),
	};
}
