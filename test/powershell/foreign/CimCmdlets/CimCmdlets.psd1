@{ RootModule = 'CimCmdlets.psm1'; ModuleVersion = '1.0.0'; GUID = '5b1a2d53-6b1f-4c57-9a7e-3f4c1f0d9b77'; FunctionsToExport = '*' }
