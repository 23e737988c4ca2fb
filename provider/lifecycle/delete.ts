import { labelsOf } from "../executor/describeOutlook";
import { TransitionStopped } from "../executor/transition";
import type { Wish } from "../executor/wish";
import { apply, describeStop } from "./apply";
import { type Bag, readArguments, wishOf } from "./arguments";
import { rememberedIn, requestFor } from "./outputs";
import type { Session } from "./session";

/**
 * Ends the relationship as `deletePolicy` says, on both sides. Convergent: what is gone already is success. Reads its
 * policy from the state, so a changed policy takes effect once an `up` has stored it.
 */
export async function remove(session: Session, _id: string, props: Bag): Promise<void> {
	const given = readArguments(props);
	const log = session.log.forResource(String(props.resourceUrn ?? ""));
	const wish: Wish = {
		...wishOf(given, session.approvals),
		desired: { state: "absent", by: given.deletePolicy === "dissolve" ? "Dissolve" : "Detach" },
		onRoleChange: "repair",
	};
	const asked = requestFor(props, given, wish, rememberedIn(props));
	const request = { ...asked, declared: { ...asked.declared, idsFirst: true } };
	const { source, target } = labelsOf(request);
	log.info(
		`protection ends: ${target.disk} at ${target.host} is no longer kept in step with ${source.disk} at ${source.host}; both disks stay.`,
	);
	try {
		await apply(session, request, log);
	} catch (error) {
		throw error instanceof TransitionStopped ? new Error(describeStop(error, request), { cause: error }) : error;
	}
}
