// elfutils 0.192 (Debian 13) omits these two functions from its static libelf, although its elf_begin and elf_end call them. They manage
// the tree in which elf_getdata_rawchunk caches what it has read. libbpf never calls that function, so the tree stays empty, as elf_begin's
// calloc created it. They are weak, so that a libelf which contains them takes precedence.
struct search_tree;

__attribute__((weak)) void eu_search_tree_init(struct search_tree *tree) { (void)tree; }

__attribute__((weak)) void eu_search_tree_fini(struct search_tree *tree, void (*free_node)(void *node)) {
    (void)tree;
    (void)free_node;
}
