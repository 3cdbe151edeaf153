/** The settings that user and workspace are asked for apart. */
export const levelKeys = ['budget.daily', 'budget.enforce', 'budgets'] as const;
