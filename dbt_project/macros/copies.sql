{#- Which items copy another department's data element: rendered from the catalog in the working copy. -#}
{% macro copies() %}{{ return([]) }}{% endmacro %}
