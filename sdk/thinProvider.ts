/**
 * The provider as Pulumi stores it in every resource's state: seven functions that load the real code at run time.
 *
 * The state keeps the text of this object, `func.toString()` and all. A text that changed between releases would show
 * every resource as changed, and destroy and refresh run the text of the release that wrote it; so it captures
 * nothing, has no comments inside, and never changes (test/sdk/thinProvider.test.ts pins it). `require` resolves from
 * the program's folder, so the package must be a direct dependency of the program.
 */
export const thinProvider = {
	configure: (r: unknown) => require("pulumi-storage-replication/provider").configure(r),
	check: (o: unknown, n: unknown) => require("pulumi-storage-replication/provider").check(o, n),
	diff: (i: string, o: unknown, n: unknown) => require("pulumi-storage-replication/provider").diff(i, o, n),
	create: (i: unknown) => require("pulumi-storage-replication/provider").create(i),
	read: (i: string, p: unknown) => require("pulumi-storage-replication/provider").read(i, p),
	update: (i: string, o: unknown, n: unknown) => require("pulumi-storage-replication/provider").update(i, o, n),
	delete: (i: string, p: unknown) => require("pulumi-storage-replication/provider").delete(i, p),
};
