import type { Unread } from "./host";

/** What an administrator can do about a cache that does not get renewed. */
export const renewTheCache =
	"run Update-StorageProviderCache -DiscoveryLevel Full on that host and run again; where its provider cannot discover, set discover: never for the host.";

/**
 * An array, `null`: any of a host, of which nothing that is missing counts as absent, because a Discover did not reach it
 * or nobody asked for one yet.
 */
export function undiscovered(subsystem: string | null, why: string, remedy: string = renewTheCache): readonly Unread[] {
	const of = subsystem === null ? "" : ` of ${subsystem}`;
	return (["disks", "relationships", "groups"] as const).map((hides) => ({
		hides,
		subsystem,
		what: `not all ${hides}${of} are discovered: ${why}`,
		remedy,
	}));
}
