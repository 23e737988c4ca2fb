import type { TransitionResult } from "../executor/transitionEnd";
import { agreedIn, apply, RunStopped } from "./apply";
import { type Bag, classIn, readArguments, wishOf } from "./arguments";
import { refuseAtCreation } from "./copyMistakes";
import { hostTimeFor } from "./hostTime";
import { identityOf, nothingRemembered, operationsDone, outputsOf, requestFor } from "./outputs";
import { PartialFailure } from "./partialFailure";
import type { Session } from "./session";

export interface CreateResult {
	readonly id: string;
	readonly outs: Bag;
}

/** Adopts the relationship if it exists, else creates it, then does what update does. */
export async function create(session: Session, inputs: Bag): Promise<CreateResult> {
	const given = readArguments(inputs);
	const nowMs = await hostTimeFor(given, session.hosts);
	refuseAtCreation(given, nowMs);
	const urn = String(inputs.resourceUrn ?? "");
	const request = requestFor(inputs, given, wishOf(given, session.approvals, nowMs), nothingRemembered);
	let result: TransitionResult;
	try {
		result = await apply(session, request, urn, agreedIn(inputs, request));
	} catch (error) {
		if (!(error instanceof RunStopped)) throw error;
		const { outlook, done, record } = error.stopped;
		const { ids } = outlook.sighting;
		const nothingThere = outlook.situation.observed.presence === "absent" && done.length === 0;
		// A refused CreateReplica left nothing behind: no resource, so the next run creates it afresh. One that was taken, and
		// that a Ctrl-C kept from being watched, may be about to show: without a state the next run would send another.
		const mayCome = record.interrupted?.sentAt !== undefined;
		if ((nothingThere && !mayCome) || ids.source === null || ids.target === null) throw error;
		throw new PartialFailure(
			identityOf(ids, classIn(inputs)),
			{ ...outputsOf(inputs, given, outlook, record), __provider: inputs.__provider },
			error.message,
		);
	}
	session.toBeCreated.delete(urn);
	return {
		id: identityOf(result.outlook.sighting.ids, classIn(inputs)),
		outs: { ...outputsOf(inputs, given, result.outlook, result.record), ...operationsDone(request, result) },
	};
}
