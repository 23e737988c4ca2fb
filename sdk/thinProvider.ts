import type { dynamic } from "@pulumi/pulumi";

/**
 * The provider as Pulumi stores it in every resource's state: seven functions that load the real code at run time.
 *
 * The state keeps the text of this object, `func.toString()` and all. A text that changed between releases would show
 * every resource as changed, and destroy and refresh run the text of the release that wrote it; so it captures
 * nothing, has no comments inside, and never changes (test/sdk/thinProvider.test.ts pins it). `require` resolves from
 * the program's folder, so the package must be a direct dependency of the program. `/v1` is the contract between this
 * text and the code of every release; it is the same module as `/provider`, under a name short enough for 2 KB. Pulumi's own
 * type has no room for functions that take what any release stored.
 */
export const thinProvider = {
	configure: (r: unknown) => require("pulumi-storage-replication/v1").configure(r),
	check: (o: unknown, n: unknown) => require("pulumi-storage-replication/v1").check(o, n),
	diff: (...a: unknown[]) => require("pulumi-storage-replication/v1").diff(...a),
	create: (i: unknown) => require("pulumi-storage-replication/v1").create(i),
	read: (i: string, p: unknown) => require("pulumi-storage-replication/v1").read(i, p),
	update: (...a: unknown[]) => require("pulumi-storage-replication/v1").update(...a),
	delete: (i: string, p: unknown) => require("pulumi-storage-replication/v1").delete(i, p),
} as unknown as dynamic.ResourceProvider;
