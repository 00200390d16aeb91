-- 部门间不一致清单: where a department's copy of a value differs from its declared source（一数一源）, by row reference.
{{ value_conflicts(copies()) }}
