import { hindranceOf, type Outlook, type Request } from "../executor/outlook";
import { lookPatiently } from "../executor/reappearance";
import type { ReplicationError } from "../model/replicationError";
import { type Arguments, type Bag, wishOf } from "./arguments";
import { hostTimeOrOurs } from "./hostTime";
import { nothingRemembered, requestFor } from "./outputs";
import type { Session } from "./session";

/** The relationship with another disk, seen as the create that follows will see it. */
export async function lookAtReplacement(
	session: Session,
	news: Bag,
	given: Arguments,
): Promise<{ readonly request: Request; readonly outlook: Outlook; readonly hindrance: ReplicationError | null }> {
	const wish = wishOf(given, session.approvals, await hostTimeOrOurs(given, session.hosts));
	const request = requestFor(news, given, wish, nothingRemembered);
	const outlook = await lookPatiently(request, session.hosts, session.clock, { freshness: "cached" });
	return { request, outlook, hindrance: hindranceOf(outlook, wish) };
}
