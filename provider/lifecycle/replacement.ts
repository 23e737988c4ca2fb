import { hindranceOf, type Outlook } from "../executor/outlook";
import { lookPatiently } from "../executor/reappearance";
import type { Request } from "../executor/request";
import type { PerEnd } from "../model/relationship";
import type { ReplicationError } from "../model/replicationError";
import { type Arguments, type Bag, wishOf } from "./arguments";
import { hostTimeOrOurs } from "./hostTime";
import { nothingRemembered, requestFor } from "./outputs";
import type { Session } from "./session";

/** The relationship with another disk, seen as the create that follows will see it: what is between the disks of before, `ending`, is gone by then. */
export async function lookAtReplacement(
	session: Session,
	news: Bag,
	given: Arguments,
	ending: PerEnd<string | null>,
): Promise<{ readonly request: Request; readonly outlook: Outlook; readonly hindrance: ReplicationError | null }> {
	const wish = wishOf(given, session.approvals, await hostTimeOrOurs(given, session.hosts));
	const asked = requestFor(news, given, wish, nothingRemembered);
	const request: Request = { ...asked, declared: { ...asked.declared, ending } };
	const outlook = await lookPatiently(request, session.hosts, session.clock, { freshness: "cached" });
	return { request, outlook, hindrance: hindranceOf(outlook, wish) };
}
